// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.lettuce;

import io.micronaut.core.annotation.Introspected;
import io.micronaut.retry.annotation.RetryPredicate;

/** Accepts failures to connect that may pass, unlike a wrong password or an untrusted certificate. */
@Introspected
public final class PassingConnectFailure implements RetryPredicate {

    @Override
    public boolean test(Throwable thrown) {
        return !ConnectFailure.of(thrown).isLasting();
    }
}
