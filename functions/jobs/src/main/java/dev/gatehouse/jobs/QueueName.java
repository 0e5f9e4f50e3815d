// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs;

import dev.gatehouse.codec.Sha256;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.validation.InvalidArgument;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Names a queue of a tenant. All its keys share a slot.
 *
 * @param name 1 to {@value #MAX_LENGTH} visible ASCII characters
 */
public record QueueName(String name) {

    public static final int MAX_LENGTH = 128;

    /** Jobs, payloads, delayed, ready, leases, waiting in groups, dead, ends, groups, attendance, and the two of memory. */
    private static final List<String> KINDS =
            List.of("j", "jp", "jd", "jr", "jl", "jw", "jx", "je", "jg", "ja", "jm0", "jm1");

    public QueueName {
        InvalidArgument.requireVisible("queue", name, 1, MAX_LENGTH);
    }

    public static QueueName of(String name) {
        return new QueueName(name);
    }

    /**
     * Returns the names of the keys in Redis, in the order of {@code queue.lua}: {@code gh:{<tenant>:<tag>}:<kind>:<digest>}.
     * The digest is the full SHA-256, because two names may share a tag.
     */
    List<String> redisKeys(String tenant) {
        var prefix = "gh:{" + tenant + ":" + HashTag.of(name) + "}:";
        var digest = ":" + Sha256.base64Url(name.getBytes(StandardCharsets.US_ASCII));
        return KINDS.stream().map(kind -> prefix + kind + digest).toList();
    }

    /** Leaves out the name: the text may be logged. */
    @Override
    public String toString() {
        return "QueueName[…]";
    }
}
