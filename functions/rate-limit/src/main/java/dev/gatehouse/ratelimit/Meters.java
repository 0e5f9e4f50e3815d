package dev.gatehouse.ratelimit;

import java.util.concurrent.ConcurrentHashMap;

/** The meters of the limits in use, each made once: to make one takes as long as to send it. */
final class Meters {

    private static final int MOST = 4096;

    private final ConcurrentHashMap<Limit, Meter> known = new ConcurrentHashMap<>();

    Meter of(Limit limit) {
        var meter = known.get(limit);
        if (meter == null) {
            meter = Meter.of(limit);
            if (known.size() >= MOST) {
                known.clear(); // Who has more than this in use has them made anew.
            }
            known.put(limit, meter);
        }
        return meter;
    }
}
