// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.drain;

import static dev.gatehouse.jobs.drain.JobsContract.BRIEF;
import static dev.gatehouse.jobs.drain.JobsContract.PAYLOAD;
import static dev.gatehouse.jobs.drain.JobsContract.Q;
import static dev.gatehouse.jobs.drain.JobsContract.decided;
import static dev.gatehouse.jobs.drain.JobsContract.patience;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.jobs.JobStore;
import dev.gatehouse.jobs.NewJob;
import dev.gatehouse.jobs.RedisJobStore;
import dev.gatehouse.jobs.TakeOptions;
import dev.gatehouse.jobs.TakenJob;
import dev.gatehouse.jobs.drain.DrainReport.End;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.MicroClock;
import dev.gatehouse.redis.RedisOnClock;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Drains whose renewals are late or lost, whose jobs are slow, and whose thread is interrupted. */
@Timeout(60)
class DrainLeasesTest {

    @RegisterExtension
    private static final RedisOnClock REDIS = RedisOnClock.server(MicroClock::now);

    private final String tenant = "tenant-" + UUID.randomUUID();
    private final JobStore store = new RedisJobStore(REDIS.link());
    private final AtomicInteger takes = new AtomicInteger();

    @Test
    void aLateReplyAboutAnEndedLeaseLeavesTheNextLeaseOfTheJobAlone() throws Exception {
        enqueue("a");
        var sent = new CountDownLatch(1);
        var jobs = jobs("extendAll", extension -> {
            if (sent.getCount() == 0) {
                return extension.get();
            }
            sent.countDown();
            return late(extension);
        });

        var report = drain(jobs, BRIEF.withLeaseMillis(400), job -> {
            if (job.attempt() == 1) {
                assertThat(sent.await(20, TimeUnit.SECONDS)).isTrue();
                return JobResult.retryIn(0, "again");
            }
            await("an extension").atMost(Duration.ofSeconds(5)).until(() -> leaseEnd(job)
                    .filter(end -> end.isAfter(job.leaseExpiresAt()))
                    .isPresent());
            return JobResult.DONE;
        });

        assertThat(report.completed()).isEqualTo(1);
        assertThat(report.failed()).isEqualTo(1);
        assertThat(report.lost()).isZero();
    }

    private Optional<Instant> leaseEnd(TakenJob job) {
        return decided(store.inspect(tenant, Q, job.id(), patience()))
                .orElseThrow()
                .leaseExpiresAt();
    }

    @Test
    void aDrainerThatHasLeftDoesNotAttendByALateRenewal() {
        enqueue("a");
        var sent = new CountDownLatch(1);
        var renewed = new CompletableFuture<Object>();
        var jobs = jobs("take", call -> {
            // The second take is the renewal, before that which finds nothing.
            if (takes.incrementAndGet() != 2) {
                return call.get();
            }
            sent.countDown();
            var late = late(call);
            var _ = late.thenAccept(renewed::complete);
            return late;
        });

        var report = drain(jobs, BRIEF.withLeaseMillis(2000), _ -> {
            assertThat(sent.await(20, TimeUnit.SECONDS)).isTrue();
            return JobResult.DONE;
        });

        assertThat(report.end()).isEqualTo(End.EMPTY);
        renewed.join();
        assertThat(drainers()).isZero();
    }

    /** Returns a call that is sent later, as a repetition after a lost connection is. */
    private static CompletionStage<Object> late(Supplier<CompletionStage<?>> call) {
        return CompletableFuture.runAsync(() -> {}, CompletableFuture.delayedExecutor(500, TimeUnit.MILLISECONDS))
                .thenCompose(_ -> call.get().thenApply(Object.class::cast));
    }

    @Test
    void aJobWhoseLeaseEndedWhileRedisDidNotReplyIsNotBegun() {
        enqueue("a");
        enqueue("b");
        var jobs = jobs("extendAll", _ -> CompletableFuture.completedStage(new Unavailable<>(Duration.ofSeconds(1))));
        var begun = new ConcurrentLinkedQueue<String>();
        var others = new ConcurrentLinkedQueue<String>();

        var report = drain(jobs, BRIEF.withBatch(2).withLeaseMillis(300), job -> {
            begun.add(job.id());
            await().until(() -> {
                decided(store.take(tenant, Q, TakeOptions.of(2), patience()))
                        .jobs()
                        .forEach(taken -> others.add(taken.id()));
                return others.size() == 2;
            });
            return JobResult.DONE;
        });

        assertThat(begun).containsExactly("a");
        assertThat(others).containsExactly("a", "b");
        assertThat(report.lost()).isEqualTo(2);
    }

    @Test
    void aSlowJobDoesNotHoldUpThoseThatBecomeDueMeanwhile() {
        enqueue("slow");
        var fast = new CountDownLatch(1);

        var report = drain(jobs("extendAll", Supplier::get), BRIEF.withWorkers(3), job -> {
            if (job.id().equals("slow")) {
                await("the others to find nothing").until(() -> drainers() == 1);
                enqueue("fast");
                assertThat(fast.await(10, TimeUnit.SECONDS)).isTrue();
            } else {
                fast.countDown();
            }
            return JobResult.DONE;
        });

        assertThat(report.completed()).isEqualTo(2);
        assertThat(report.end()).isEqualTo(End.EMPTY);
        assertThat(report.attended()).isTrue();
        assertThat(drainers()).isZero();
    }

    @Test
    void anInterruptStopsAllWorkersAfterTheirJobs() throws Exception {
        for (var id : new String[] {"a", "b", "c", "d"}) {
            enqueue(id);
        }
        var begun = new CountDownLatch(2);
        var release = new CountDownLatch(1);
        var report = new CompletableFuture<DrainReport>();
        var thread = Thread.ofPlatform()
                .start(() -> report.complete(drain(jobs("extendAll", Supplier::get), BRIEF.withWorkers(2), _ -> {
                    begun.countDown();
                    if (Thread.currentThread().isVirtual()) {
                        assertThat(release.await(20, TimeUnit.SECONDS)).isTrue();
                    } else {
                        new CompletableFuture<Void>().get(60, TimeUnit.SECONDS);
                    }
                    return JobResult.DONE;
                })));
        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();

        thread.interrupt();
        await("the first worker to leave").until(() -> drainers() == 1);
        release.countDown();

        var ended = report.get(20, TimeUnit.SECONDS);
        assertThat(ended.completed()).isEqualTo(1);
        assertThat(ended.failed()).isEqualTo(1);
        assertThat(drainers()).isZero();
    }

    private long drainers() {
        return decided(store.counts(tenant, Q, patience())).drainers();
    }

    /** Returns jobs whose calls of {@code name} pass through {@code calls}. */
    private Jobs jobs(String name, Function<Supplier<CompletionStage<?>>, CompletionStage<?>> calls) {
        var proxy = (JobStore) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {JobStore.class}, (_, method, arguments) -> {
                    Supplier<CompletionStage<?>> call = () -> {
                        try {
                            return (CompletionStage<?>) method.invoke(store, arguments);
                        } catch (ReflectiveOperationException e) {
                            throw new AssertionError(e);
                        }
                    };
                    return method.getName().equals(name) ? calls.apply(call) : call.get();
                });
        return new Jobs(proxy, Duration.ofSeconds(10));
    }

    private DrainReport drain(Jobs jobs, DrainOptions options, JobHandler handler) {
        return jobs.drain(tenant, Q, options, Deadline.in(Duration.ofMinutes(1)), handler);
    }

    private void enqueue(String id) {
        decided(store.enqueue(tenant, Q, NewJob.of(id, PAYLOAD), patience()));
    }
}
