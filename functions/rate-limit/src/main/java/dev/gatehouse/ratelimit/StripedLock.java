package dev.gatehouse.ratelimit;

import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** A lock for each of many keys: work on the same key excludes itself, work on different keys rarely waits. */
final class StripedLock {

    private static final int STRIPES = 1024;

    private final ReentrantLock[] stripes = new ReentrantLock[STRIPES];

    StripedLock() {
        for (int i = 0; i < STRIPES; i++) {
            stripes[i] = new ReentrantLock();
        }
    }

    /** Runs {@code work} while it holds the locks of all {@code keys}. */
    <T> T holding(List<?> keys, Supplier<T> work) {
        // In one order for all, so that no two wait for each other.
        int[] held = keys.size() == 1
                ? new int[] {stripe(keys.getFirst())}
                : keys.stream()
                        .mapToInt(StripedLock::stripe)
                        .sorted()
                        .distinct()
                        .toArray();
        for (int stripe : held) {
            stripes[stripe].lock();
        }
        try {
            return work.get();
        } finally {
            for (int stripe : held) {
                stripes[stripe].unlock();
            }
        }
    }

    private static int stripe(Object key) {
        int hash = key.hashCode();
        return (hash ^ (hash >>> 16)) & (STRIPES - 1);
    }
}
