package dev.gatehouse.redis;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Knows whether Redis fails at the moment, and tells the listeners of both ends of an outage. */
final class OutageWatch {

    private record Outage(long sinceNanos) {}

    private final List<LinkListener> listeners = new CopyOnWriteArrayList<>();
    private final AtomicReference<@Nullable Outage> outage = new AtomicReference<>();

    void add(LinkListener listener) {
        listeners.add(listener);
    }

    void failed(String why) {
        if (outage.get() == null && outage.compareAndSet(null, new Outage(System.nanoTime()))) {
            listeners.forEach(listener -> listener.lost(why));
        }
    }

    void answered() {
        var ended = outage.get();
        if (ended != null && outage.compareAndSet(ended, null)) {
            var length = Duration.ofNanos(System.nanoTime() - ended.sinceNanos);
            listeners.forEach(listener -> listener.regained(length));
        }
    }
}
