// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.fallback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.redis.Deadline;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LeaseRenewerTest {

    private static final Deadline LATE = Deadline.in(Duration.ofMinutes(1));

    /** The renewal of one piece of work, which it references. */
    private static final class Renewal {

        private final AtomicInteger count = new AtomicInteger();

        private CompletionStage<Decision<Boolean>> run() {
            count.incrementAndGet();
            return CompletableFuture.completedStage(new Decided<>(true, Source.REDIS));
        }
    }

    @Test
    void renewsUntilItIsClosed() {
        var renewal = new Renewal();
        try (var _ = new LeaseRenewer(10, LATE, renewal::run)) {
            await().until(() -> renewal.count.get() >= 3);
        }
        int renewed = renewal.count.get();

        await().during(Duration.ofMillis(50)).until(() -> renewal.count.get() <= renewed + 1);
    }

    @Test
    void keepsNothingOfTheWorkOnceItIsClosed() {
        var work = closedWithALongLease();

        await().until(() -> {
            System.gc();
            return work.get() == null;
        });
    }

    private static WeakReference<Renewal> closedWithALongLease() {
        var renewal = new Renewal();
        new LeaseRenewer(3_600_000, Deadline.in(Duration.ofHours(2)), renewal::run).close();
        assertThat(renewal.count).hasValue(0);
        return new WeakReference<>(renewal);
    }
}
