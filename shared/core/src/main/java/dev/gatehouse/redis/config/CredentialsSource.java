package dev.gatehouse.redis.config;

import dev.gatehouse.redis.config.RedisSettings.Credentials;
import java.util.concurrent.CompletionStage;

/** Supplies the credentials of each new connection: for tokens that expire and passwords that rotate. */
public interface CredentialsSource {

    /** Makes {@link #now} ready. The stage fails with {@link dev.gatehouse.redis.aws.AwsFailure} if that is impossible. */
    CompletionStage<Void> prepare();

    /** Returns the credentials. Does not block; throws what {@link #prepare} fails with. */
    Credentials now();

    /** Reads the credentials again after Redis rejected them. Completes with whether they changed; never fails. */
    CompletionStage<Boolean> renew();
}
