// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache;

import dev.gatehouse.codec.RandomToken;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.validation.InvalidArgument;

/**
 * Identifies one load of one key. The caller generates it, so that it can repeat its lookup. It is a secret: its holder can
 * fill and release.
 *
 * @param token 1 to {@value #MAX_LENGTH} visible ASCII characters
 */
public record LoadOwner(String token) {

    public static final int MAX_LENGTH = 128;

    public LoadOwner {
        InvalidArgument.requireVisible("owner", token, 1, MAX_LENGTH);
    }

    /** Returns a new owner of 128 random bits. */
    public static LoadOwner random() {
        return new LoadOwner(RandomToken.next());
    }

    /**
     * Returns the owner under which memory grants the lease while Redis does not reply. Redis may still run the lookup of this
     * owner, after an invalidation. A fill of the local load must not match the lease of that late run.
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
