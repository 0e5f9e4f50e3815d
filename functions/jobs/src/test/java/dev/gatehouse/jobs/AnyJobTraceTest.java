// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.OwnerOutcome;
import dev.gatehouse.fallback.OwnerOutcome.Held;
import dev.gatehouse.fallback.OwnerOutcome.Lost;
import dev.gatehouse.jobs.AnyJobTrace.Step;
import dev.gatehouse.jobs.EnqueueOutcome.Accepted;
import dev.gatehouse.redis.MicroClock;
import dev.gatehouse.redis.RedisOnClock;
import dev.gatehouse.testkit.DeepTries;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;

/** Random interleavings have the outcomes of {@link ExactQueue}, so none breaks the contract. */
class AnyJobTraceTest {

    private static final AtomicLong NOW = new AtomicLong();
    private static final RedisOnClock REDIS = RedisOnClock.server(NOW::get);
    private static final RedisOnClock CLUSTER = RedisOnClock.cluster(NOW::get);
    private static final long START = 1_790_000_000_000_000L;
    private static final long SECOND = 1_000_000;

    @AfterContainer
    static void stop() {
        REDIS.close();
        CLUSTER.close();
    }

    @Property(tries = 300)
    @DeepTries(20_000)
    void onRedis(@ForAll("steps") List<Step> steps) {
        play(new RedisJobStore(REDIS.link()), steps);
    }

    @Property(tries = 50)
    @DeepTries(2_000)
    void onACluster(@ForAll("steps") List<Step> steps) {
        play(new RedisJobStore(CLUSTER.link()), steps);
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        return AnyJobTrace.steps();
    }

    /** Runs one trace at a time, since they share a clock: jqwik may continue in the background after shrinking. */
    private static synchronized void play(JobStore jobs, List<Step> steps) {
        NOW.set(START);
        var played = new Played(jobs, QueueName.of(UUID.randomUUID().toString()));
        steps.forEach(played::play);
        for (int id = 0; id < 6; id++) {
            played.play(new Step.Inspect(id));
        }
        played.play(new Step.Take(20, 30));
    }

    private static final class Played {

        private final ExactQueue exact = new ExactQueue();
        private final List<JobLease> leases = new ArrayList<>();
        private final JobStore jobs;
        private final QueueName queue;
        private Runnable again = () -> {};
        private int payloads;

        Played(JobStore jobs, QueueName queue) {
            this.jobs = jobs;
            this.queue = queue;
        }

        void play(Step step) {
            exact.now = NOW.get();
            if (!(step instanceof Step.Again)) {
                again = () -> {};
            }
            switch (step) {
                case Step.Enqueue enqueue -> enqueue(job(enqueue));
                case Step.Take(var max, var seconds) -> take(max, seconds);
                case Step.Complete(var back) -> lease(back).ifPresent(this::complete);
                case Step.Fail(var back, var pause, var dead) ->
                    lease(back).ifPresent(lease -> fail(lease, pause, dead));
                case Step.GiveBack(var back) -> lease(back).ifPresent(this::giveBack);
                case Step.Extend(var back, var seconds) ->
                    lease(back).ifPresent(lease -> assertThat(
                                    decided(jobs.extend("t", queue, lease, seconds * 1000L, JobCalls.patience())))
                            .isEqualTo(map(exact.extend(lease, seconds * SECOND))));
                case Step.Cancel(var id) ->
                    assertThat(
                                    decided(jobs.cancel("t", queue, "id-" + id, JobCalls.patience()))
                                            instanceof CancelOutcome.Cancelled)
                            .isEqualTo(exact.cancel("id-" + id));
                case Step.Redrive(var id) ->
                    assertThat(decided(jobs.redrive("t", queue, List.of("id-" + id), JobCalls.patience()))
                                    .ids())
                            .isEqualTo(exact.redrive("id-" + id) ? List.of("id-" + id) : List.of());
                case Step.Inspect(var id) -> inspect("id-" + id);
                case Step.ListDead() ->
                    assertThat(decided(jobs.dead("t", queue, 100, OptionalLong.empty(), JobCalls.patience()))
                                    .jobs())
                            .extracting(JobPage.DeadJob::id)
                            .isEqualTo(exact.dead());
                case Step.Again() -> again.run();
                case Step.Clock(var seconds) -> NOW.addAndGet(seconds * SECOND);
            }
        }

        private NewJob job(Step.Enqueue step) {
            var job = NewJob.of("id-" + step.id(), JobPayload.of(String.valueOf(payloads++)))
                    .withDue(new DueTime.After(step.delaySeconds() * 1000L))
                    .withOnDuplicate(step.onDuplicate())
                    .withMaxAttempts(step.maxAttempts())
                    .withTtlSeconds(step.ttlSeconds());
            int group = step.id() % 3;
            return group == 0 ? job : job.withGroup("g" + group, group);
        }

        private void enqueue(NewJob job) {
            long delay = ((DueTime.After) job.due()).millis() * 1000;
            var expected = exact.enqueue(job, exact.now + delay);
            repeatable(() -> {
                var outcome = (Accepted) decided(jobs.enqueue("t", queue, job, JobCalls.patience()));
                assertThat(List.<Object>of(outcome.getClass().getSimpleName(), MicroClock.micros(outcome.dueAt())))
                        .isEqualTo(expected);
            });
        }

        private void take(int max, int seconds) {
            var options = TakeOptions.of(max).withLeaseMillis(seconds * 1000L);
            var expected = exact.take(max, seconds * SECOND, options.requestId()).stream()
                    .map(Played::taken)
                    .toList();
            expected.forEach(job -> leases.addFirst(job.jobLease()));
            var nextDue = exact.nextDue();
            var waiting = exact.count(JobState.WAITING);
            repeatable(() -> {
                var outcome = decided(jobs.take("t", queue, options, JobCalls.patience()));
                assertThat(outcome.jobs()).isEqualTo(expected);
                assertThat(outcome.nextDueAt().map(MicroClock::micros)).isEqualTo(nextDue);
                assertThat(outcome.waiting()).isEqualTo(waiting);
            });
        }

        private static TakenJob taken(ExactQueue.Job job) {
            return new TakenJob(
                    job.made.id(),
                    job.content.payload(),
                    job.made.group(),
                    job.attempt,
                    job.lease,
                    MicroClock.instant(job.leaseEnd),
                    MicroClock.instant(job.enqueued));
        }

        private void complete(JobLease lease) {
            var expected = exact.complete(lease);
            repeatable(
                    () -> assertThat(decided(jobs.complete("t", queue, lease, JobCalls.patience())) instanceof Held<?>)
                            .isEqualTo(expected instanceof Held<?>));
        }

        private void fail(JobLease lease, int pause, boolean isDead) {
            var expected = exact.fail(lease, pause * SECOND, isDead);
            var failure = new JobFailure(lease, OptionalLong.of(pause * 1000L), isDead, "");
            repeatable(() -> assertThat(words(decided(jobs.fail("t", queue, failure, JobCalls.patience()))))
                    .isEqualTo(expected));
        }

        private void giveBack(JobLease lease) {
            var expected = exact.giveBack(lease);
            repeatable(() -> assertThat(words(decided(jobs.giveBackAll("t", queue, List.of(lease), JobCalls.patience()))
                            .getFirst()))
                    .isEqualTo(expected));
        }

        private void inspect(String id) {
            var details = decided(jobs.inspect("t", queue, id, JobCalls.patience()));
            var job = exact.find(id);
            assertThat(details.isPresent()).isEqualTo(job != null);
            if (job != null) {
                assertThat(details.orElseThrow())
                        .isEqualTo(new JobDetails(
                                id,
                                job.state,
                                job.content.payload(),
                                job.made.group(),
                                job.attempt,
                                job.content.maxAttempts(),
                                job.crashes,
                                MicroClock.instant(job.enqueued),
                                MicroClock.instant(job.due),
                                job.state == JobState.ACTIVE
                                        ? Optional.of(MicroClock.instant(job.leaseEnd))
                                        : Optional.empty(),
                                details.get().death(),
                                MicroClock.instant(job.end()),
                                job.follower != null));
                assertThat(details.get().death().isPresent()).isEqualTo(job.state == JobState.DEAD);
            }
        }

        private void repeatable(Runnable call) {
            again = call;
            call.run();
        }

        private Optional<JobLease> lease(int back) {
            return back < leases.size() ? Optional.of(leases.get(back)) : Optional.empty();
        }

        private static OwnerOutcome<Object> map(OwnerOutcome<Long> outcome) {
            return outcome instanceof Held<Long>(var micros) ? new Held<>(MicroClock.instant(micros)) : new Lost<>();
        }

        private static OwnerOutcome<String> words(OwnerOutcome<? extends LeaseEnd> outcome) {
            return switch (outcome) {
                case Held<? extends LeaseEnd>(LeaseEnd.Waiting(var due, var attempt, var _)) ->
                    new Held<>("waiting " + attempt + " " + MicroClock.micros(due));
                case Held<? extends LeaseEnd>(LeaseEnd.Dead(var attempt, var _)) -> new Held<>("dead " + attempt);
                case Held<? extends LeaseEnd> _ -> throw new AssertionError(outcome);
                case Lost<? extends LeaseEnd> _ -> new Lost<>();
            };
        }

        private static <T> T decided(CompletionStage<Decision<T>> stage) {
            return JobCalls.decided(stage);
        }
    }
}
