package dev.gatehouse.testkit.process;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * How long to wait for a condition before calling it a failure.
 *
 * @param limit the longest wait
 */
public record Poller(Duration limit) {

    private static final long BETWEEN_LOOKS_NANOS = Duration.ofMillis(2).toNanos();

    /**
     * Returns as soon as the condition holds.
     *
     * @throws IllegalStateException after the limit, with the complaint
     */
    public void until(BooleanSupplier condition, Supplier<String> complaint) {
        var end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException(complaint.get());
            }
            LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
        }
    }
}
