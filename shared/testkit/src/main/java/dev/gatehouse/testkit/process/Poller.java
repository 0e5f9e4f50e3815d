// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.process;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Polls a condition until it holds or the limit has passed.
 *
 * @param limit the longest wait
 */
public record Poller(Duration limit) {

    private static final long BETWEEN_LOOKS_NANOS = Duration.ofMillis(2).toNanos();

    /**
     * Waits until the condition holds.
     *
     * @throws IllegalStateException after the limit, with the message
     */
    public void until(BooleanSupplier condition, Supplier<String> message) {
        var end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException(message.get());
            }
            LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
        }
    }
}
