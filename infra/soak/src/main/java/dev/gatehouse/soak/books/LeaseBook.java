// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.soak.books;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** Threads compete for one lock: one holds it, and its fence is larger than each earlier one. */
final class LeaseBook extends Book {

    private static final String LEASES = "/v1/rate-limits/leases";
    private static final long LEASE_MILLIS = 3_000;
    private static final Map<String, Object> READ = Map.of(
            "limits", List.of(Map.of("name", "soak", "subject", "none", "limit", 1, "windowSeconds", 60, "cost", 0)));

    /** A lease that lasts at least until then, unless its holder releases it. */
    private record Held(String lease, long untilNanos) {}

    private final AtomicLong greatestFence = new AtomicLong();
    private final AtomicReference<Held> held = new AtomicReference<>();

    LeaseBook(Api api, Losses losses) {
        super("leases", api, losses);
    }

    @Override
    void episode() {
        var earlier = greatestFence.get();
        var sent = System.nanoTime();
        var lease =
                post(LEASES, Map.of("name", "soak-lock", "subject", "all", "limit", 1, "leaseMillis", LEASE_MILLIS));
        if (lease.is(429)) {
            return;
        }
        require(lease.is(201), "a lease is granted or denied", lease);
        require(lease.number("fence") > earlier, "fences grow", lease.number("fence") + " after " + earlier);
        greatestFence.accumulateAndGet(lease.number("fence"), Math::max);
        // The lease began after the request was sent.
        var own = new Held(lease.text("leaseId"), sent + LEASE_MILLIS * 1_000_000);
        var other = held.getAndSet(own);
        require(other == null || System.nanoTime() - other.untilNanos > 0, "one holder at a time", "two");
        try {
            // The lock is held for the time of this call.
            post("/v1/rate-limits/check", READ);
        } finally {
            held.compareAndSet(own, null);
        }
        post(LEASES + "/release", Map.of("name", "soak-lock", "subject", "all", "leaseId", own.lease));
    }
}
