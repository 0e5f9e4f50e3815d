// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.aws;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The credentials that sign requests to AWS.
 *
 * @param sessionToken null if the credentials are not temporary
 * @param expiration null if it is unknown
 */
record AwsCredentials(
        String accessKeyId,
        String secretAccessKey,
        @Nullable String sessionToken,
        @Nullable Instant expiration) {

    /** Returns whether they expire before {@code moment}. */
    boolean endBefore(Instant moment) {
        return expiration != null && expiration.isBefore(moment);
    }

    @Override
    public String toString() {
        return accessKeyId + ":***";
    }
}
