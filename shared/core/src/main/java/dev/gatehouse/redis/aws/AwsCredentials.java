package dev.gatehouse.redis.aws;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What requests to AWS are signed with.
 *
 * @param sessionToken null: they are not temporary
 * @param expiration null: not said
 */
record AwsCredentials(
        String accessKeyId,
        String secretAccessKey,
        @Nullable String sessionToken,
        @Nullable Instant expiration) {

    /** Whether they end before {@code moment}. */
    boolean endBefore(Instant moment) {
        return expiration != null && expiration.isBefore(moment);
    }

    @Override
    public String toString() {
        return accessKeyId + ":***";
    }
}
