// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench.sockets;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** Counts the deliveries of all members, and how long each took. */
final class Deliveries {

    private static final int BUCKET_MICROS = 20;

    /** Up to 20 seconds. A longer time counts as that. */
    private static final int BUCKETS = 1_000_000;

    private final AtomicLongArray buckets = new AtomicLongArray(BUCKETS);
    private final AtomicLong delivered = new AtomicLong();
    private final AtomicLong wrong = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();

    void add(long nanos) {
        delivered.incrementAndGet();
        buckets.incrementAndGet(Math.clamp(nanos / 1000 / BUCKET_MICROS, 0, BUCKETS - 1));
    }

    void addDoubledOrDisordered() {
        wrong.incrementAndGet();
    }

    void addRefused() {
        refused.incrementAndGet();
    }

    long delivered() {
        return delivered.get();
    }

    LoadResult result(long sent, long members) {
        long expected = sent * members;
        return new LoadResult(
                sent,
                delivered.get(),
                Math.max(0, expected - delivered.get()),
                wrong.get(),
                refused.get(),
                quantile(0.5),
                quantile(0.99));
    }

    private long quantile(double share) {
        long left = (long) Math.ceil(share * delivered.get());
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            left -= buckets.get(bucket);
            if (left <= 0) {
                return (bucket + 1L) * BUCKET_MICROS;
            }
        }
        return (long) BUCKETS * BUCKET_MICROS;
    }
}
