package dev.gatehouse.ratelimit;

import java.util.concurrent.ConcurrentHashMap;

/** Caches the meters of the limits in use, because building a meter costs as much as sending its command. */
final class Meters {

    private static final int MOST = 4096;

    private final ConcurrentHashMap<Limit, Meter> known = new ConcurrentHashMap<>();

    Meter of(Limit limit) {
        var meter = known.get(limit);
        if (meter == null) {
            meter = Meter.of(limit);
            if (known.size() >= MOST) {
                known.clear(); // Bounds the cache; meters are rebuilt on demand.
            }
            known.put(limit, meter);
        }
        return meter;
    }
}
