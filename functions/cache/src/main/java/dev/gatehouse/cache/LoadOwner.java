package dev.gatehouse.cache;

import dev.gatehouse.codec.RandomToken;
import dev.gatehouse.redis.HashTag;

/**
 * Identifies one load of one key. The caller generates it, so that it can repeat its lookup. It is a secret: its holder can
 * fill and release.
 *
 * @param token 1 to {@value #MAX_LENGTH} visible ASCII characters
 */
public record LoadOwner(String token) {

    public static final int MAX_LENGTH = 128;

    public LoadOwner {
        InvalidCacheRequest.requireVisible("owner", token, 1, MAX_LENGTH);
    }

    /** Returns a new owner of 128 random bits. */
    public static LoadOwner random() {
        return new LoadOwner(RandomToken.next());
    }

    /**
     * Returns the owner of this load in the memory of a process, while Redis does not reply. Redis may execute the lookup of
     * this owner late, after an invalidation, and a fill of the load that began before must not match that lease.
     */
    LoadOwner withoutRedis() {
        return new LoadOwner("local-" + HashTag.of(token));
    }

    /** Leaves out the token. */
    @Override
    public String toString() {
        return "LoadOwner[…]";
    }
}
