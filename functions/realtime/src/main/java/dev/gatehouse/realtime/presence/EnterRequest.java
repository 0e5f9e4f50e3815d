// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.presence;

import dev.gatehouse.codec.RandomToken;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.validation.InvalidArgument;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A connection that enters a channel, or its heartbeat.
 *
 * @param ttlSeconds the time after which the connection ends without another heartbeat, 1 to {@value #MAX_TTL_SECONDS}
 * @param info JSON text that other members see, at most {@value #MAX_INFO_BYTES} bytes; empty to leave it as it is
 * @param requestId identifies the request: a repetition with the same id has the same outcome
 */
public record EnterRequest(MemberConnection connection, long ttlSeconds, Optional<String> info, String requestId) {

    public static final long DEFAULT_TTL_SECONDS = 600;
    public static final long MAX_TTL_SECONDS = 86_400;
    public static final int MAX_INFO_BYTES = 1024;

    public EnterRequest {
        InvalidArgument.requireRange("ttlSeconds", ttlSeconds, 1, MAX_TTL_SECONDS);
        info.ifPresent(EnterRequest::requireInfo);
    }

    /** Returns a request of its own. */
    public static EnterRequest of(MemberConnection connection, long ttlSeconds, Optional<String> info) {
        return new EnterRequest(connection, ttlSeconds, info, RandomToken.next());
    }

    private static void requireInfo(String json) {
        if (json.isEmpty() || !HashTag.isWellFormed(json)) {
            throw new InvalidArgument("info", "must be well-formed JSON");
        }
        if (json.getBytes(StandardCharsets.UTF_8).length > MAX_INFO_BYTES) {
            throw new InvalidArgument("info", "must be at most " + MAX_INFO_BYTES + " bytes");
        }
    }
}
