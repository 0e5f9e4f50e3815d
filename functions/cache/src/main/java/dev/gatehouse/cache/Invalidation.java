// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache;

import dev.gatehouse.validation.InvalidArgument;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Values to invalidate.
 *
 * @param scope required for tags and for {@code all}: keys without a scope are spread over all slots
 * @param keys up to {@value #MAX_KEYS}, all of {@code scope}
 * @param tags up to {@value #MAX_KEYS}
 * @param all whether to invalidate the whole scope
 * @param soft whether values become stale instead of missing
 */
public record Invalidation(Optional<String> scope, List<CacheKey> keys, Set<String> tags, boolean all, boolean soft) {

    public static final int MAX_KEYS = 50;

    public Invalidation {
        keys = List.copyOf(keys);
        tags = Set.copyOf(tags);
        scope.ifPresent(CacheKey::requireScope);
        requireSize("keys", keys.size());
        requireSize("tags", tags.size());
        CacheWrite.requireTags(tags, scope.isPresent());
        for (var key : keys) {
            if (!key.scope().equals(scope)) {
                throw new InvalidArgument("keys", "must be of the scope");
            }
        }
        if (all && scope.isEmpty()) {
            throw new InvalidArgument("all", "must be left out without a scope");
        }
        if (keys.isEmpty() && tags.isEmpty() && !all) {
            throw new InvalidArgument("keys", "must be given, or tags or all with a scope");
        }
    }

    /** Returns a hard invalidation of one key. */
    public static Invalidation of(CacheKey key) {
        return new Invalidation(key.scope(), List.of(key), Set.of(), false, false);
    }

    private static void requireSize(String field, int size) {
        if (size > MAX_KEYS) {
            throw new InvalidArgument(field, "must be at most " + MAX_KEYS);
        }
    }

    /** Returns whether the scope gets a mark or loses its head. */
    boolean marksScope() {
        return all || !tags.isEmpty();
    }
}
