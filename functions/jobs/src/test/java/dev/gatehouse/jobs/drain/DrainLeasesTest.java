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
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Drains whose extensions are late or lost, and whose thread is interrupted. */
@Timeout(60)
class DrainLeasesTest {

    @RegisterExtension
    private static final RedisOnClock REDIS = RedisOnClock.server(MicroClock::now);

    private final String tenant = "tenant-" + UUID.randomUUID();
    private final JobStore store = new RedisJobStore(REDIS.link());

    @Test
    void aLateReplyAboutAnEndedLeaseLeavesTheNextLeaseOfTheJobAlone() throws Exception {
        enqueue("a");
        var sent = new CountDownLatch(1);
        var released = new CompletableFuture<Void>();
        var late = new CompletableFuture<Object>();
        var jobs = jobs(extension -> {
            if (sent.getCount() == 0) {
                return extension.get();
            }
            sent.countDown();
            var held = released.thenCompose(_ -> extension.get().thenApply(Object.class::cast));
            var _ = held.thenAccept(late::complete);
            return held;
        });

        var report = drain(jobs, BRIEF.withLeaseMillis(400), job -> {
            if (job.attempt() == 1) {
                assertThat(sent.await(20, TimeUnit.SECONDS)).isTrue();
                return JobResult.retryIn(0, "again");
            }
            released.complete(null);
            late.get(20, TimeUnit.SECONDS);
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
    void aJobWhoseLeaseEndedWhileRedisDidNotReplyIsNotBegun() {
        enqueue("a");
        enqueue("b");
        var jobs = jobs(_ -> CompletableFuture.completedStage(new Unavailable<>(Duration.ofSeconds(1))));
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
    void anInterruptStopsAllWorkersAfterTheirJobs() throws Exception {
        for (var id : new String[] {"a", "b", "c", "d"}) {
            enqueue(id);
        }
        var begun = new CountDownLatch(2);
        var release = new CountDownLatch(1);
        var report = new CompletableFuture<DrainReport>();
        var thread = Thread.ofPlatform()
                .start(() -> report.complete(drain(jobs(Supplier::get), BRIEF.withWorkers(2), _ -> {
                    begun.countDown();
                    if (Thread.currentThread().isVirtual()) {
                        assertThat(release.await(20, TimeUnit.SECONDS)).isTrue();
                    } else {
                        Thread.sleep(60_000);
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

    /** Returns jobs whose extensions pass through {@code extensions}. */
    private Jobs jobs(Function<Supplier<CompletionStage<?>>, CompletionStage<?>> extensions) {
        var proxy = (JobStore) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {JobStore.class}, (_, method, arguments) -> {
                    Supplier<CompletionStage<?>> call = () -> {
                        try {
                            return (CompletionStage<?>) method.invoke(store, arguments);
                        } catch (ReflectiveOperationException e) {
                            throw new AssertionError(e);
                        }
                    };
                    return method.getName().equals("extendAll") ? extensions.apply(call) : call.get();
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
