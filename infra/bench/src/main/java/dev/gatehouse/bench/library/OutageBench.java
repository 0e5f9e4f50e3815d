// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench.library;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.gatehouse.bench.BenchRedis;
import dev.gatehouse.bench.Comparison;
import dev.gatehouse.bench.Comparison.Heading;
import dev.gatehouse.bench.Contestant.Role;
import dev.gatehouse.bench.SuiteReport;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.ratelimit.Check;
import dev.gatehouse.ratelimit.CheckDecision;
import dev.gatehouse.ratelimit.GuardedRateLimiter;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.ratelimit.LocalRateLimiter;
import dev.gatehouse.ratelimit.Mode;
import dev.gatehouse.ratelimit.RedisRateLimiter;
import dev.gatehouse.testkit.redis.RedisProcess;
import io.github.bucket4j.Bucket;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Measures checks while Redis is down: a million subjects that were never checked before, by eight threads at full speed.
 * The baseline has a Bucket4j bucket of each subject in a bounded Caffeine cache. It admits a subject again whose bucket was
 * evicted; Gatehouse denies new subjects while its memory is full.
 */
final class OutageBench {

    private static final int THREADS = 8;
    private static final int SUBJECTS = 1_000_000;
    private static final Limit LIMIT = Limit.of("outage", 10, 60);
    private static final AtomicInteger RUNS = new AtomicInteger();

    private OutageBench() {}

    /**
     * Runs the suite.
     *
     * @param arguments the rounds; two that are not used; the directory for the results
     */
    public static void main(String[] arguments) throws Exception {
        var redis = RedisProcess.start();
        var version = redis.info("server", "redis_version");
        try (var link = BenchRedis.link(redis.url())) {
            redis.close();
            var limiter =
                    new GuardedRateLimiter(new RedisRateLimiter(link), new LocalRateLimiter(), FallbackPolicy.LOCAL);
            var buckets = Caffeine.newBuilder()
                    .maximumSize(LocalRateLimiter.DEFAULT_MAX_ENTRIES)
                    .<String, Bucket>build();
            var rounds = Integer.parseInt(arguments[0]);
            var headings = List.of(
                    new Heading("checks without Redis", "a second"),
                    new Heading("time of a check without Redis, ms", "p50"),
                    new Heading("time of a check without Redis, ms", "p99"),
                    new Heading("time of a check without Redis, ms", "p99.9"),
                    new Heading("live heap of the process, MB", "after a million subjects"));
            var comparisons = Comparison.alternately(
                    List.of(baseline(buckets), ours(limiter)), rounds, headings, OutageBench::measure);
            var settings = new LinkedHashMap<String, Object>();
            settings.put("threads", THREADS);
            settings.put("rounds", rounds);
            settings.put("subjects", SUBJECTS);
            new SuiteReport("outage", version, settings, comparisons).publish(Path.of(arguments[3]));
        }
    }

    private static Operation baseline(Cache<String, Bucket> buckets) {
        return new Operation("Bucket4j in Caffeine", Role.BASELINE, subject -> {
            var bucket = buckets.get(subject, _ -> Bucket.builder()
                    .addLimit(limit -> limit.capacity(10).refillGreedy(10, Duration.ofMinutes(1)))
                    .build());
            bucket.tryConsume(1);
        });
    }

    private static Operation ours(GuardedRateLimiter limiter) {
        return new Operation("Gatehouse", Role.OURS, subject -> {
            var check = new Check(List.of(new LimitedSubject(LIMIT, subject, 1)), Mode.ALL);
            var decision = limiter.check("bench", check, BenchRedis.deadline())
                    .toCompletableFuture()
                    .get();
            if (!(decision instanceof Decided<CheckDecision>(var _, var source)) || source != Source.LOCAL) {
                throw new IllegalStateException("not decided in memory: " + decision);
            }
        });
    }

    private static List<Double> measure(Operation operation) throws Exception {
        var prefix = RUNS.incrementAndGet() + "-";
        var nanos = new long[SUBJECTS];
        var start = System.nanoTime();
        try (var pool = Executors.newFixedThreadPool(THREADS)) {
            var threads = new ArrayList<Future<?>>();
            for (var i = 0; i < THREADS; i++) {
                var thread = i;
                threads.add(pool.submit(() -> {
                    for (var subject = thread; subject < SUBJECTS; subject += THREADS) {
                        var begin = System.nanoTime();
                        operation.call().run(prefix + subject);
                        nanos[subject] = System.nanoTime() - begin;
                    }
                    return null;
                }));
            }
            for (var thread : threads) {
                thread.get();
            }
        }
        var perSecond = SUBJECTS * 1e9 / (System.nanoTime() - start);
        Arrays.sort(nanos);
        return List.of(perSecond, millis(nanos, 0.5), millis(nanos, 0.99), millis(nanos, 0.999), liveMegabytes());
    }

    private static double millis(long[] sorted, double share) {
        return sorted[(int) (share * sorted.length)] / 1e6;
    }

    private static double liveMegabytes() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1e6;
    }
}
