// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The head of a scope in memory, as {@code scope.lua} describes it. Not thread-safe. */
final class LocalScope {

    /** The bound on marks of each kind; beyond it, the floor replaces the older half. */
    static final int MAX_MARKS = 1024;

    private final long epoch;
    /** The sequence at which each tag was last invalidated. */
    private final Map<String, Long> hard = new HashMap<>();
    /** The sequence at which each tag was last marked stale. */
    private final Map<String, Long> soft = new HashMap<>();
    /** The number of marks so far. */
    private long sequence;
    /** The sequence before which all entries with tags are void, because their marks may have been pruned. */
    private long floor;
    /** The sequence at which the whole scope was last marked stale. */
    private long softMark;

    LocalScope(long epoch) {
        this.epoch = epoch;
    }

    long epoch() {
        return epoch;
    }

    /** Returns the epoch of {@code scope}; 0 for none. */
    static long epochOf(@Nullable LocalScope scope) {
        return scope == null ? 0 : scope.epoch;
    }

    static long sequenceOf(@Nullable LocalScope scope) {
        return scope == null ? 0 : scope.sequence;
    }

    /** Marks the tags; all entries as stale if the invalidation is for all. */
    void mark(Invalidation invalidation) {
        if (invalidation.all()) {
            softMark = ++sequence;
        }
        var marks = invalidation.soft() ? soft : hard;
        for (var tag : invalidation.tags()) {
            marks.put(tag, ++sequence);
        }
        if (marks.size() > MAX_MARKS) {
            floor = Math.max(floor, sequence - MAX_MARKS / 2);
            hard.values().removeIf(mark -> mark <= floor);
            soft.values().removeIf(mark -> mark <= floor);
        }
    }

    boolean isVoid(Collection<String> tags, long begun) {
        return !tags.isEmpty() && (begun < floor || isMarked(hard, tags, begun));
    }

    boolean isStale(Collection<String> tags, long begun) {
        return begun < softMark || isMarked(soft, tags, begun);
    }

    /** Returns whether a load that began at sequence {@code begun} cannot be filled in with these tags. */
    boolean voidsFill(Collection<String> tags, long begun) {
        return isVoid(tags, begun) || isStale(tags, begun);
    }

    private static boolean isMarked(Map<String, Long> marks, Collection<String> tags, long begun) {
        return tags.stream().anyMatch(tag -> begun < marks.getOrDefault(tag, 0L));
    }
}
