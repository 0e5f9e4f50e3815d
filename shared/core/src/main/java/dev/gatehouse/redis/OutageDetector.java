// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis;

import dev.gatehouse.redis.OutageListener.CircuitState;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Detects the start and the end of outages and notifies the listeners. */
final class OutageDetector {

    private record Outage(long sinceNanos) {}

    private final Listeners<OutageListener> listeners = new Listeners<>();
    private final long quietNanos;
    private volatile @Nullable Outage outage;
    private volatile @Nullable LinkFailure latest;
    private volatile long lastFailureNanos;

    /** @param quiet the time without failures after which a reply ends an outage */
    OutageDetector(Duration quiet) {
        this.quietNanos = quiet.toNanos();
    }

    void add(OutageListener listener) {
        listeners.add(listener);
    }

    /** Begins an outage unless there is one. */
    void recordFailure(LinkFailure failure) {
        lastFailureNanos = System.nanoTime();
        latest = failure;
        if (outage == null) {
            begin(failure.reason());
        }
    }

    /** Returns the latest failure of the current outage; null while there is none. */
    @Nullable
    LinkFailure current() {
        return outage == null ? null : latest;
    }

    /** Ends the outage, unless a command has failed within the quiet period. */
    void recordSuccess() {
        if (outage != null && isQuiet()) {
            end();
        }
    }

    /** Reports that the circuit breaker has changed to {@code state}. */
    void circuit(CircuitState state) {
        listeners.report(listener -> listener.circuit(state));
    }

    private boolean isQuiet() {
        return System.nanoTime() - lastFailureNanos >= quietNanos;
    }

    // Synchronized, so that listeners receive starts and ends in order.

    private synchronized void begin(String reason) {
        if (outage == null) {
            outage = new Outage(System.nanoTime());
            listeners.report(listener -> listener.lost(reason));
        }
    }

    private synchronized void end() {
        var ended = outage;
        if (ended != null && isQuiet()) {
            outage = null;
            var length = Duration.ofNanos(System.nanoTime() - ended.sinceNanos);
            listeners.report(listener -> listener.regained(length));
        }
    }
}
