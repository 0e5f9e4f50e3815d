// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.config;

import dev.gatehouse.redis.config.RedisSettings.Credentials;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Supplies the credentials of each new connection: fixed ones, tokens that expire or passwords that rotate. */
public interface CredentialsSource {

    /** Makes {@link #now} ready. The stage fails with {@link dev.gatehouse.redis.aws.AwsFailure} if that is impossible. */
    default CompletionStage<Void> prepare() {
        return CompletableFuture.completedFuture(null);
    }

    /** Returns the credentials. Does not block; throws what {@link #prepare} fails with. */
    Credentials now();

    /** Reads the credentials again after Redis rejected them. Completes with whether they changed; never fails. */
    default CompletionStage<Boolean> renew() {
        return CompletableFuture.completedFuture(false);
    }

    /** Returns the user; null for the default user of Redis. */
    @Nullable
    String user();
}
