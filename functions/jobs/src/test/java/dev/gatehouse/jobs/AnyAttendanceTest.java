// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.codec.RandomToken;
import dev.gatehouse.fallback.OwnerOutcome.Held;
import dev.gatehouse.jobs.CancelOutcome.Cancelled;
import dev.gatehouse.jobs.EnqueueOutcome.Accepted;
import dev.gatehouse.redis.RedisOnClock;
import dev.gatehouse.testkit.DeepTries;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;

/** No interleaving of enqueuers and drainers, some of which die, loses a wake-up: see {@link JobStore}, 6. */
class AnyAttendanceTest extends JobCalls {

    private static final AtomicLong NOW = new AtomicLong();
    private static final RedisOnClock REDIS = RedisOnClock.server(NOW::get);
    private static final long START = 1_790_000_000_000_000L;
    private static final long ATTENDANCE = 20 * SECOND;

    private enum Kind {
        ENQUEUE,
        DELAY,
        REPLACE,
        FOLLOW,
        TAKE,
        COMPLETE,
        FAIL,
        GIVE_BACK,
        CANCEL,
        REDRIVE,
        LEAVE,
        DIE,
        CLOCK
    }

    /** @param who selects a job or a drainer */
    private record Step(Kind kind, int who, int how) {}

    @AfterContainer
    static void stop() {
        REDIS.close();
    }

    @Override
    JobStore jobs() {
        return new RedisJobStore(REDIS.link());
    }

    @Override
    AtomicLong clock() {
        return NOW;
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        var kind = Arbitraries.frequency(
                Tuple.of(8, Kind.ENQUEUE),
                Tuple.of(2, Kind.DELAY),
                Tuple.of(1, Kind.REPLACE),
                Tuple.of(1, Kind.FOLLOW),
                Tuple.of(10, Kind.TAKE),
                Tuple.of(6, Kind.COMPLETE),
                Tuple.of(4, Kind.FAIL),
                Tuple.of(1, Kind.GIVE_BACK),
                Tuple.of(2, Kind.CANCEL),
                Tuple.of(1, Kind.REDRIVE),
                Tuple.of(1, Kind.LEAVE),
                Tuple.of(2, Kind.DIE),
                Tuple.of(2, Kind.CLOCK));
        var number = Arbitraries.integers().between(0, 5);
        return Combinators.combine(kind, number, number)
                .as(Step::new)
                .list()
                .ofMinSize(4)
                .ofMaxSize(24);
    }

    @Property(tries = 2_000)
    @DeepTries(20_000)
    void noDueJobIsLeftWhileItsEnqueuerReliesOnADrainer(@ForAll("steps") List<Step> steps) {
        NOW.set(START);
        var played = new Played(QueueName.of("q-" + System.nanoTime()));
        steps.forEach(played::play);
        played.end();
    }

    private final class Played {

        private final QueueName queue;
        private final AttendanceLedger ledger = new AttendanceLedger();
        private final Map<String, Deque<TakenJob>> held = new HashMap<>();

        /** Whether no drainer comes because a job became takeable by time alone, or after the attendance of a dead drainer. */
        private boolean isExcused;

        Played(QueueName queue) {
            this.queue = queue;
        }

        void play(Step step) {
            boolean wasTakeable = isTakeable();
            run(step);
            boolean isTakeable = isTakeable();
            boolean isAwaited = ledger.isAwaited(NOW.get());
            switch (step.kind) {
                case CLOCK, DIE -> isExcused |= !wasTakeable || !isAwaited;
                default -> {}
            }
            isExcused &= isTakeable && !isAwaited;
            assertThat(!isTakeable || isExcused || isAwaited)
                    .as("a job can be taken after %s, and no drainer comes", step)
                    .isTrue();
        }

        /** Lets all drainers that live work until they leave. */
        void end() {
            var alive = ledger.alive();
            for (int i = 0; !alive.isEmpty() && i < 200; i++) {
                var drainer = alive.getFirst();
                take(drainer, 3);
                held.getOrDefault(drainer, new ArrayDeque<>()).forEach(this::complete);
                held.remove(drainer);
                alive = ledger.alive();
            }
            assertThat(alive).isEmpty();
            assertThat(!isTakeable() || isExcused || ledger.isAnnounced(NOW.get()))
                    .as("a job can be taken, and all drainers have left")
                    .isTrue();
        }

        /** Changes nothing, except as time does. */
        private boolean isTakeable() {
            return decided(jobs().take(tenant, queue, TakeOptions.of(0), patience()))
                    .nextDueAt()
                    .filter(due -> !due.isAfter(in(0)))
                    .isPresent();
        }

        private void run(Step step) {
            var job = NewJob.of("job-" + step.who % 4, ONE).withMaxAttempts(2).withTtlSeconds(500);
            var grouped = step.how < 4 ? job.withGroup("g" + step.how % 2, 1 + step.how / 2) : job;
            switch (step.kind) {
                case ENQUEUE -> enqueue(grouped);
                case DELAY -> enqueue(grouped.withDue(new DueTime.After(1_000 + 1_000L * step.how)));
                case REPLACE ->
                    enqueue(grouped.withOnDuplicate(OnDuplicate.REPLACE)
                            .withDue(step.how % 2 == 0 ? DueTime.NOW : new DueTime.After(1_000)));
                case FOLLOW -> enqueue(grouped.withOnDuplicate(OnDuplicate.AFTER));
                case TAKE -> drainer(step.who).ifPresent(drainer -> take(drainer, 1 + step.how % 3));
                case COMPLETE -> lease(step.who).ifPresent(this::complete);
                case FAIL -> lease(step.who).ifPresent(taken -> fail(taken, step.how * 500L));
                case GIVE_BACK -> lease(step.who).ifPresent(this::giveBack);
                case CANCEL -> {
                    if (decided(jobs().cancel(tenant, queue, job.id(), patience()))
                            instanceof Cancelled(var attended)) {
                        ledger.reported(attended);
                    }
                }
                case REDRIVE ->
                    ledger.reported(decided(jobs().redrive(tenant, queue, List.of(job.id()), patience()))
                            .attended());
                case LEAVE ->
                    drainer(step.who)
                            .ifPresent(drainer -> ledger.left(
                                    drainer,
                                    decided(jobs().leave(tenant, queue, drainer, patience()))
                                            .attended()));
                case DIE ->
                    drainer(step.who).ifPresent(drainer -> {
                        ledger.died(drainer);
                        held.remove(drainer);
                    });
                case CLOCK -> pass(SECOND * (1 + step.who * 8));
            }
        }

        private void enqueue(NewJob job) {
            var outcome = (Accepted) decided(jobs().enqueue(tenant, queue, job, patience()));
            if (outcome.dueAt().isAfter(in(0)) && !(outcome instanceof EnqueueOutcome.Kept)) {
                assertThat(outcome.attended()).as("a job that is due later").isFalse();
                return;
            }
            if (outcome.attended() && outcome instanceof EnqueueOutcome.Queued) {
                assertThat(ledger.isAnnounced(NOW.get()))
                        .as("a drainer attends")
                        .isTrue();
            }
            ledger.reported(outcome.attended());
        }

        private void take(String drainer, int max) {
            var options = new TakeOptions(
                    max, 10_000, Optional.of(new Attendance(drainer, ATTENDANCE / MILLI, true)), RandomToken.next());
            var outcome = decided(jobs().take(tenant, queue, options, patience()));
            held.computeIfAbsent(drainer, _ -> new ArrayDeque<>()).addAll(outcome.jobs());
            ledger.took(drainer, NOW.get() + ATTENDANCE, outcome.left());
        }

        private void complete(TakenJob job) {
            if (decided(jobs().complete(tenant, queue, job.jobLease(), patience()))
                    instanceof Held<LeaseEnd.Completed>(var end)) {
                ledger.reported(end.attended());
            }
        }

        private void fail(TakenJob job, long retryInMillis) {
            var failure = new JobFailure(job.jobLease(), OptionalLong.of(retryInMillis), false, "");
            if (decided(jobs().fail(tenant, queue, failure, patience())) instanceof Held<LeaseEnd>(var end)) {
                ledger.reported(end.attended());
            }
        }

        private void giveBack(TakenJob job) {
            if (decided(jobs().giveBackAll(tenant, queue, List.of(job.jobLease()), patience()))
                            .getFirst()
                    instanceof Held<LeaseEnd.Waiting>(var end)) {
                ledger.reported(end.attended());
            }
        }

        private Optional<String> drainer(int who) {
            var alive = ledger.alive();
            return alive.isEmpty() ? Optional.empty() : Optional.of(alive.get(who % alive.size()));
        }

        private Optional<TakenJob> lease(int who) {
            var holders = new ArrayList<>(held.keySet());
            holders.removeIf(holder -> held.get(holder).isEmpty());
            return holders.isEmpty()
                    ? Optional.empty()
                    : Optional.of(held.get(holders.get(who % holders.size())).removeFirst());
        }
    }
}
