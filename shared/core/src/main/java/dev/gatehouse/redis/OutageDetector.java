package dev.gatehouse.redis;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Detects the start and the end of outages and notifies the listeners. */
final class OutageDetector {

    private static final Logger LOG = LoggerFactory.getLogger(RedisLink.class);

    private record Outage(long sinceNanos) {}

    private final List<OutageListener> listeners = new CopyOnWriteArrayList<>();
    private final long calmNanos;
    private volatile @Nullable Outage outage;
    private volatile @Nullable LinkFailure latest;
    private volatile long lastFailureNanos;

    /** @param calm the time without failures after which a reply ends an outage */
    OutageDetector(Duration calm) {
        this.calmNanos = calm.toNanos();
    }

    void add(OutageListener listener) {
        listeners.add(listener);
    }

    void failed(LinkFailure failure) {
        lastFailureNanos = System.nanoTime();
        latest = failure;
        if (outage == null) {
            begin(failure.why());
        }
    }

    /** Returns the latest failure of the current outage; null while there is none. */
    @Nullable
    LinkFailure current() {
        return outage == null ? null : latest;
    }

    void answered() {
        if (outage != null && isCalm()) {
            end();
        }
    }

    /** Reports that the circuit breaker has changed to {@code state}. */
    void circuit(String state) {
        report(listener -> listener.circuit(state));
    }

    private boolean isCalm() {
        return System.nanoTime() - lastFailureNanos >= calmNanos;
    }

    // Synchronized, so that listeners receive starts and ends in order.

    private synchronized void begin(String why) {
        if (outage == null) {
            outage = new Outage(System.nanoTime());
            report(listener -> listener.lost(why));
        }
    }

    private synchronized void end() {
        var ended = outage;
        if (ended != null && isCalm()) {
            outage = null;
            var length = Duration.ofNanos(System.nanoTime() - ended.sinceNanos);
            report(listener -> listener.regained(length));
        }
    }

    private void report(Consumer<OutageListener> event) {
        for (var listener : listeners) {
            try {
                event.accept(listener);
            } catch (RuntimeException e) {
                LOG.error("An outage listener failed", e);
            }
        }
    }
}
