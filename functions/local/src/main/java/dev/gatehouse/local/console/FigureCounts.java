// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.console;

import dev.gatehouse.local.console.FiguresResponse.Durations;
import dev.gatehouse.local.console.FiguresResponse.RoundTrips;
import dev.gatehouse.redis.Reply;
import dev.gatehouse.telemetry.RequestFacts;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/** Counts requests and the round trips of their commands, by intervals. Thread-safe, and never blocks. */
final class FigureCounts {

    /** Their requests come from the console itself, from probes and from scrapers. */
    private static final Set<String> UNCOUNTED = Set.of("health", "other");

    private static final int SERVER_ERROR = 500;

    private final Map<String, Count> outcomes = new ConcurrentHashMap<>();
    private final Count degraded = new Count();
    private final Count errors = new Count();
    private final Latencies durations = new Latencies();
    private final Latencies roundTrips = new Latencies();

    /** The figures of one interval. An outcome that has occurred before is there with 0. */
    record Interval(Map<String, Long> requests, long degraded, long errors, RoundTrips roundTrip, Durations duration) {}

    /** Only its total is written by several threads, so that no event is lost between two intervals. */
    private static final class Count {

        private final LongAdder total = new LongAdder();
        private long reported;

        void increment() {
            total.increment();
        }

        long next() {
            long sum = total.sum();
            long count = sum - reported;
            reported = sum;
            return count;
        }
    }

    private static final class Latencies {

        private static final long MAX_MICROS = TimeUnit.HOURS.toMicros(1);
        private static final int DIGITS = 2;

        private final Recorder recorder = new Recorder(1, MAX_MICROS, DIGITS);
        private @Nullable Histogram recycled;

        void record(Duration latency) {
            recorder.recordValue(Math.clamp(latency.toNanos() / 1_000, 1, MAX_MICROS));
        }

        Histogram next() {
            var interval = recorder.getIntervalHistogram(recycled);
            recycled = interval;
            return interval;
        }

        static @Nullable Long percentile(Histogram interval, double percentile) {
            return interval.getTotalCount() == 0 ? null : interval.getValueAtPercentile(percentile);
        }
    }

    void count(RequestFacts request) {
        if (UNCOUNTED.contains(request.function())) {
            return;
        }
        outcomes.computeIfAbsent(request.outcome(), _ -> new Count()).increment();
        durations.record(request.elapsed());
        if (request.degraded()) {
            degraded.increment();
        }
        if (request.status() >= SERVER_ERROR) {
            errors.increment();
        }
    }

    /** Counts a command to which Redis has replied. */
    void count(Reply<?> reply, long nanos) {
        if (reply instanceof Reply.Answered || reply instanceof Reply.Refused) {
            roundTrips.record(Duration.ofNanos(nanos));
        }
    }

    /** Ends the current interval and begins the next one. */
    synchronized Interval next() {
        var requests = new TreeMap<String, Long>();
        outcomes.forEach((outcome, count) -> requests.put(outcome, count.next()));
        var roundTrip = roundTrips.next();
        var duration = durations.next();
        return new Interval(
                requests,
                degraded.next(),
                errors.next(),
                new RoundTrips(
                        Latencies.percentile(roundTrip, 50),
                        Latencies.percentile(roundTrip, 99),
                        roundTrip.getTotalCount()),
                new Durations(Latencies.percentile(duration, 50), Latencies.percentile(duration, 99)));
    }
}
