package dev.gatehouse.redis;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Knows whether Redis fails at the moment, and tells the listeners of both ends of an outage. */
final class OutageDetector {

    private static final Logger LOG = LoggerFactory.getLogger(RedisLink.class);

    private record Outage(long sinceNanos) {}

    private final List<OutageListener> listeners = new CopyOnWriteArrayList<>();
    private final long calmNanos;
    private volatile @Nullable Outage outage;
    private volatile @Nullable LinkFailure latest;
    private volatile long lastFailureNanos;

    /** @param calm for how long nothing must have failed when an answer ends an outage */
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

    /** The latest failure of the outage that lasts; null while there is none. */
    @Nullable
    LinkFailure current() {
        return outage == null ? null : latest;
    }

    void answered() {
        if (outage != null && isCalm()) {
            end();
        }
    }

    /** The circuit has changed to {@code state}. */
    void circuit(String state) {
        tell(listener -> listener.circuit(state));
    }

    private boolean isCalm() {
        return System.nanoTime() - lastFailureNanos >= calmNanos;
    }

    // One end at a time, so that they are heard in their order.

    private synchronized void begin(String why) {
        if (outage == null) {
            outage = new Outage(System.nanoTime());
            tell(listener -> listener.lost(why));
        }
    }

    private synchronized void end() {
        var ended = outage;
        if (ended != null && isCalm()) {
            outage = null;
            var length = Duration.ofNanos(System.nanoTime() - ended.sinceNanos);
            tell(listener -> listener.regained(length));
        }
    }

    private void tell(Consumer<OutageListener> news) {
        for (var listener : listeners) {
            try {
                news.accept(listener);
            } catch (RuntimeException e) {
                LOG.error("A listener to Redis's outages failed", e);
            }
        }
    }
}
