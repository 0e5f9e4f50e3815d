// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime;

import dev.gatehouse.codec.Sha256;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.validation.InvalidArgument;
import java.nio.charset.StandardCharsets;

/**
 * The name of a channel.
 *
 * @param value 1 to {@value #MAX_LENGTH} visible ASCII characters
 */
public record ChannelName(String value) {

    public static final int MAX_LENGTH = 255;

    public ChannelName {
        InvalidArgument.requireVisible("channel", value, 1, MAX_LENGTH);
    }

    /**
     * Returns the Redis key of this channel for one kind of data: {@code gh:{<tenant>:<tag>}:<kind>:<digest>}. All keys of a
     * channel are in one slot. The digest is the full SHA-256, because two names may share a tag.
     */
    public String redisKey(String tenant, String kind) {
        var digest = Sha256.base64Url(value.getBytes(StandardCharsets.US_ASCII));
        return "gh:{" + tenant + ":" + HashTag.of(value) + "}:" + kind + ":" + digest;
    }

    /** Leaves out the name, which may be personal: the text may be logged. */
    @Override
    public String toString() {
        return "ChannelName[…]";
    }
}
