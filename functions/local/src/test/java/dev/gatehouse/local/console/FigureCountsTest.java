// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.local.console.FigureCounts.Interval;
import dev.gatehouse.redis.Reply;
import dev.gatehouse.telemetry.RequestFacts;
import dev.gatehouse.testkit.DeepTest;
import dev.gatehouse.testkit.Rounds;
import dev.gatehouse.testkit.Threads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** The figures of intervals: each event is counted once, in one of them. */
class FigureCountsTest {

    private final FigureCounts counts = new FigureCounts();

    private void request(String function, String outcome, int status, Source source, Duration elapsed) {
        counts.count(new RequestFacts(function, "POST /v1/x", outcome, status, source, elapsed, "id", "demo"));
    }

    @Test
    void countsRequestsByOutcomeSinceThePreviousInterval() {
        request("cache", "ok", 200, Source.REDIS, Duration.ofMillis(1));
        request("rate-limit", "ok", 200, Source.LOCAL, Duration.ofMillis(1));
        request("rate-limit", "quota-exceeded", 429, Source.REDIS, Duration.ofMillis(1));
        request("state", "store-unavailable", 503, null, Duration.ofMillis(1));

        var first = counts.next();
        assertThat(first.requests()).isEqualTo(Map.of("ok", 2L, "quota-exceeded", 1L, "store-unavailable", 1L));
        assertThat(first.degraded()).isEqualTo(1);
        assertThat(first.errors()).isEqualTo(1);

        request("cache", "ok", 200, Source.REDIS, Duration.ofMillis(1));
        assertThat(counts.next().requests())
                .as("a known outcome without requests is 0")
                .isEqualTo(Map.of("ok", 1L, "quota-exceeded", 0L, "store-unavailable", 0L));
    }

    @Test
    void doesNotCountTheConsoleNorProbes() {
        request("health", "ok", 200, null, Duration.ofSeconds(1));
        request("other", "ok", 200, null, Duration.ofSeconds(1));

        var interval = counts.next();
        assertThat(interval.requests()).isEmpty();
        assertThat(interval.duration().p99Micros()).isNull();
    }

    @Test
    void computesPercentilesOfTheIntervalAlone() {
        counts.count(new Reply.Answered<>("slow"), Duration.ofSeconds(10).toNanos());
        counts.next();
        for (int i = 1; i <= 100; i++) {
            request("cache", "ok", 200, Source.REDIS, Duration.ofMillis(i));
            counts.count(new Reply.Answered<>("x"), 100_000L * i);
        }

        var interval = counts.next();

        assertThat(interval.duration().p50Micros()).isCloseTo(50_000L, within(1_000L));
        assertThat(interval.duration().p99Micros()).isCloseTo(99_000L, within(1_000L));
        assertThat(interval.roundTrip().p50Micros()).isCloseTo(5_000L, within(100L));
        assertThat(interval.roundTrip().p99Micros()).isCloseTo(9_900L, within(100L));
        assertThat(interval.roundTrip().count()).isEqualTo(100);
        assertThat(counts.next().roundTrip()).isEqualTo(new FiguresResponse.RoundTrips(null, null, 0));
    }

    @Test
    void acceptsEveryTime() {
        for (var elapsed : List.of(Duration.ZERO, Duration.ofNanos(-1), Duration.ofDays(100_000))) {
            request("cache", "ok", 200, Source.REDIS, elapsed);
            counts.count(new Reply.Answered<>("x"), elapsed.toNanos());
        }
        assertThat(counts.next().roundTrip().count()).isEqualTo(3);
    }

    @Test
    @DeepTest
    void countsEachRequestInExactlyOneInterval() throws Exception {
        int each = Rounds.of(200_000, 2_000_000);
        var done = new AtomicBoolean();
        var intervals = new ArrayList<Interval>();
        var sampler = Thread.ofPlatform().start(() -> {
            while (!done.get()) {
                intervals.add(counts.next());
            }
        });

        Threads.together(4, index -> {
            for (int i = 0; i < each; i++) {
                request("cache", index % 2 == 0 ? "ok" : "created", 500, Source.LOCAL, Duration.ofMillis(1));
                counts.count(new Reply.Answered<>("x"), 1_000);
            }
        });
        done.set(true);
        sampler.join();
        intervals.add(counts.next());

        assertThat(intervals)
                .allSatisfy(interval -> assertThat(interval.requests().values())
                        .allSatisfy(count -> assertThat(count).isNotNegative()));
        assertThat(intervals.stream()
                        .mapToLong(interval -> interval.requests().values().stream()
                                .mapToLong(Long::longValue)
                                .sum())
                        .sum())
                .isEqualTo(4L * each);
        assertThat(intervals.stream().mapToLong(Interval::degraded).sum()).isEqualTo(4L * each);
        assertThat(intervals.stream().mapToLong(Interval::errors).sum()).isEqualTo(4L * each);
        assertThat(intervals.stream()
                        .mapToLong(interval -> interval.roundTrip().count())
                        .sum())
                .isEqualTo(4L * each);
    }
}
