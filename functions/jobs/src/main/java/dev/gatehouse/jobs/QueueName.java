package dev.gatehouse.jobs;

import dev.gatehouse.codec.Sha256;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.validation.InvalidArgument;
import java.nio.charset.StandardCharsets;

/**
 * Names a queue of a tenant. All its keys share a slot.
 *
 * @param name 1 to {@value #MAX_LENGTH} visible ASCII characters
 */
public record QueueName(String name) {

    public static final int MAX_LENGTH = 128;

    public QueueName {
        InvalidArgument.requireVisible("queue", name, 1, MAX_LENGTH);
    }

    public static QueueName of(String name) {
        return new QueueName(name);
    }

    /**
     * Returns the name of a key of this queue: {@code gh:{<tenant>:<tag>}:<kind>:<digest>}. The digest is the full SHA-256,
     * because two names may share a tag.
     */
    String redisKey(String tenant, String kind) {
        return "gh:{" + tenant + ":" + HashTag.of(name) + "}:" + kind + ":" + digest();
    }

    private String digest() {
        return Sha256.base64Url(name.getBytes(StandardCharsets.US_ASCII));
    }

    /** Leaves out the name: the text may be logged. */
    @Override
    public String toString() {
        return "QueueName[…]";
    }
}
