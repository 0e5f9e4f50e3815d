// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.fallback;

import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** A striped lock: excludes work on the same key, and rarely delays work on different keys. */
public final class StripedLock {

    private static final int STRIPES = 1024;

    private final ReentrantLock[] stripes = new ReentrantLock[STRIPES];

    public StripedLock() {
        for (int i = 0; i < STRIPES; i++) {
            stripes[i] = new ReentrantLock();
        }
    }

    /** Runs {@code work} with the locks of all {@code keys} held. */
    public <T> T holding(List<?> keys, Supplier<T> work) {
        // A fixed order prevents deadlock.
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
