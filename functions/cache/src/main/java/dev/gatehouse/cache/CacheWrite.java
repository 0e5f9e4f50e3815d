// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache;

import dev.gatehouse.codec.Sha256;
import dev.gatehouse.validation.InvalidArgument;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * A value to store.
 *
 * @param freshSeconds 1 to {@link #MAX_SECONDS}
 * @param staleSeconds how long the value is returned as stale after that, 0 or more; both together at most
 *     {@link #MAX_SECONDS}
 * @param tags up to {@value #MAX_TAGS}, of 1 to {@value #MAX_TAG_LENGTH} visible ASCII characters; only with a scope
 */
public record CacheWrite(CacheKey key, CacheValue value, long freshSeconds, long staleSeconds, Set<String> tags) {

    /** 30 days. */
    public static final long MAX_SECONDS = 2_592_000;

    public static final int MAX_TAGS = 8;
    public static final int MAX_TAG_LENGTH = 128;

    private static final long MICROS = 1_000_000;

    public CacheWrite {
        tags = Set.copyOf(tags);
        InvalidArgument.requireRange("freshSeconds", freshSeconds, 1, MAX_SECONDS);
        if (staleSeconds < 0 || staleSeconds > MAX_SECONDS - freshSeconds) {
            throw new InvalidArgument(
                    "staleSeconds", "must be at least 0, and with freshSeconds at most " + MAX_SECONDS);
        }
        if (tags.size() > MAX_TAGS) {
            throw new InvalidArgument("tags", "must be at most " + MAX_TAGS);
        }
        requireTags(tags, !key.scope().isEmpty());
    }

    /**
     * Returns a tag for any text, such as the name of a customer: the text if it can be a tag, otherwise its digest. An
     * invalidation needs the same tag.
     */
    public static String tagOf(String text) {
        return InvalidArgument.isVisible(text, 1, MAX_TAG_LENGTH)
                ? text
                : Sha256.base64Url(text.getBytes(StandardCharsets.UTF_8));
    }

    static void requireTags(Set<String> tags, boolean hasScope) {
        tags.forEach(tag -> InvalidArgument.requireVisible("tags", tag, 1, MAX_TAG_LENGTH));
        if (!tags.isEmpty() && !hasScope) {
            throw new InvalidArgument("tags", "must be left out without a scope");
        }
    }

    /** Returns this value with a stale time of at most {@code seconds}. */
    CacheWrite withStaleAtMost(long seconds) {
        return new CacheWrite(key, value, freshSeconds, Math.min(staleSeconds, seconds), tags);
    }

    long freshMicros() {
        return freshSeconds * MICROS;
    }

    /** Returns the fresh time plus the stale time. */
    long lifeMicros() {
        return (freshSeconds + staleSeconds) * MICROS;
    }
}
