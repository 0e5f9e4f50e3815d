// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis;

import dev.gatehouse.redis.lettuce.ConnectFailure;
import org.jspecify.annotations.Nullable;

/**
 * The reason why Redis does not serve at the moment.
 *
 * @param reason the reason in one line, without secrets
 * @param code the first word of Redis's error, such as {@code READONLY}, {@code OOM} or {@code WRONGPASS}; null if Redis
 *     did not reply
 * @param connected whether there was an open connection
 */
public record LinkFailure(String reason, @Nullable String code, boolean connected) {

    /** Describes an attempt to connect that failed with {@code thrown}. */
    public static LinkFailure of(Throwable thrown) {
        var failure = ConnectFailure.of(thrown);
        return new LinkFailure(failure.reason(), failure.code(), false);
    }

    /** Describes a command without a reply. */
    static LinkFailure noReply(String reason) {
        return new LinkFailure(reason, null, true);
    }

    /** Describes a Redis that replies to commands with {@code code}. */
    static LinkFailure error(String code) {
        return new LinkFailure("it replies with " + code, code, true);
    }
}
