package dev.gatehouse.redis;

import dev.gatehouse.redis.RedisSettings.Credentials;
import java.util.concurrent.CompletionStage;

/** Gives each new connection what Redis shall know it by: for tokens that end, and passwords that are changed. */
public interface CredentialsSource {

    /** Makes {@link #now} ready; fails, with a reason in one line, where that cannot be. */
    CompletionStage<Void> prepare();

    /** For the connection that is being opened. Does not block, and throws as {@link #prepare} fails. */
    Credentials now();

    /** Redis has refused the last ones: true if there are others now, so that it is worth another try. Never fails. */
    CompletionStage<Boolean> renew();
}
