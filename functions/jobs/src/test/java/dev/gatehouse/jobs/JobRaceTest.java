// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.OwnerOutcome.Held;
import dev.gatehouse.redis.LinkProbe;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.testkit.DeepTest;
import dev.gatehouse.testkit.Rounds;
import dev.gatehouse.testkit.Threads;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Real threads on the clock of Redis. */
class JobRaceTest {

    private static final QueueName Q = QueueName.of("race");

    private static RedisProcess redis;
    private static RedisLink link;
    private static JobStore jobs;

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        link = RedisLink.to(LinkProbe.patientSettings(redis.url()));
        jobs = new RedisJobStore(link, Duration.ofSeconds(1));
    }

    @AfterAll
    static void stop() {
        link.close();
        redis.close();
    }

    /** In the deep suite 64 takers complete 10,000 jobs while 200 of them are killed at work. */
    @Test
    @DeepTest
    void eachJobIsCompletedOnceWhileTakersAreKilled() throws Exception {
        int takers = Rounds.of(16, 64);
        int count = Rounds.of(400, 10_000);
        var kills = new AtomicInteger(Rounds.of(20, 200));
        var killed = ConcurrentHashMap.<String>newKeySet();
        var completed = new ConcurrentHashMap<String, AtomicInteger>();
        var running = new ConcurrentHashMap<String, AtomicInteger>();
        Set<String> overlaps = ConcurrentHashMap.newKeySet();

        Threads.together(takers, thread -> {
            for (int i = thread; i < count; i += takers) {
                var job = NewJob.of("job-" + i, JobPayload.of("" + i));
                decided(jobs.enqueue("t", Q, i % 2 == 0 ? job : job.withGroup("g" + i % 50, 2), JobCalls.patience()));
            }
            while (completed.size() < count) {
                var options = TakeOptions.of(1 + thread % 4).withLeaseMillis(3_000);
                for (var job :
                        decided(jobs.take("t", Q, options, JobCalls.patience())).jobs()) {
                    // The taker of a killed job does nothing more for it, and comes back as another.
                    if (ThreadLocalRandom.current().nextInt(10) == 0
                            && killed.add(job.id())
                            && kills.getAndDecrement() > 0) {
                        continue;
                    }
                    job.group().ifPresent(group -> enter(running, group, overlaps));
                    job.group().ifPresent(group -> running.get(group).decrementAndGet());
                    if (decided(jobs.complete("t", Q, job.jobLease(), JobCalls.patience())) instanceof Held<?>) {
                        completed
                                .computeIfAbsent(job.id(), _ -> new AtomicInteger())
                                .incrementAndGet();
                    }
                }
            }
        });

        assertThat(kills.get()).isLessThanOrEqualTo(0);
        assertThat(completed).hasSize(count);
        assertThat(completed.values()).allMatch(times -> times.get() == 1);
        assertThat(overlaps).isEmpty();
        var counts = decided(jobs.counts("t", Q, JobCalls.patience()));
        assertThat(counts).isEqualTo(new QueueCounts(0, 0, 0, 0, 0, 0, Optional.empty()));
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat((List<?>) redis.cli("KEYS", "gh:*"))
                .isEmpty());
    }

    private static void enter(Map<String, AtomicInteger> running, String group, Set<String> overlaps) {
        if (running.computeIfAbsent(group, _ -> new AtomicInteger()).incrementAndGet() > 2) {
            overlaps.add(group);
        }
    }

    private static <T> T decided(CompletionStage<Decision<T>> stage) {
        var decision = stage.toCompletableFuture().join();
        assertThat(decision).isInstanceOf(Decided.class);
        return ((Decided<T>) decision).value();
    }
}
