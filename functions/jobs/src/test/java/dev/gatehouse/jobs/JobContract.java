// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.gatehouse.fallback.OwnerOutcome.Held;
import dev.gatehouse.fallback.OwnerOutcome.Lost;
import dev.gatehouse.jobs.CancelOutcome.Cancelled;
import dev.gatehouse.jobs.CancelOutcome.JobActive;
import dev.gatehouse.jobs.EnqueueOutcome.Accepted;
import dev.gatehouse.jobs.EnqueueOutcome.After;
import dev.gatehouse.jobs.EnqueueOutcome.DueTooLate;
import dev.gatehouse.jobs.EnqueueOutcome.Kept;
import dev.gatehouse.jobs.EnqueueOutcome.Queued;
import dev.gatehouse.jobs.EnqueueOutcome.Replaced;
import dev.gatehouse.jobs.JobDetails.Death;
import dev.gatehouse.jobs.JobPage.Kind;
import dev.gatehouse.jobs.JobPage.PresentJob;
import dev.gatehouse.validation.InvalidArgument;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The contract of {@link JobStore}, for each store: enqueueing, leases and their ends, inspection. */
abstract class JobContract extends JobCalls {

    private static final long START = 1_790_000_000 * SECOND;

    @BeforeEach
    void startClock() {
        clock().set(START);
    }

    @Test
    void aJobIsTakenOnceAsItWasEnqueued() {
        var payload = JobPayload.of(" {\"é\": [1.0, \"\\u00e9\\/\"], \"😀\":null} ");
        assertThat(enqueue(NewJob.of("a", payload).withGroup("g", 2))).isEqualTo(new Queued(in(0), false));
        pass(SECOND);

        var outcome = take(TakeOptions.of(5));

        assertThat(outcome.nextDueAt()).contains(in(30 * SECOND));
        assertThat(outcome.waiting()).isZero();
        assertThat(outcome.left()).isFalse();
        var job = outcome.jobs().getFirst();
        assertThat(job)
                .isEqualTo(new TakenJob("a", payload, Optional.of("g"), 1, job.lease(), in(30 * SECOND), in(-SECOND)));
        assertThat(take(5)).isEmpty();
        assertThat(complete(job)).isEqualTo(new Held<>(new LeaseEnd.Completed(true)));
        assertThat(inspect("a")).isEmpty();
    }

    @Test
    void thePayloadKeepsEveryByteUpToItsBound() {
        var largest = "\"" + "é".repeat((JobPayload.MAX_BYTES - 2) / 2) + "\"";
        assertThat(largest.getBytes(StandardCharsets.UTF_8)).hasSize(JobPayload.MAX_BYTES);
        enqueue(NewJob.of("a", JobPayload.of(largest)));

        assertThat(takeOne().payload().json()).isEqualTo(largest);
        assertThatThrownBy(() -> JobPayload.of(largest.replace("\"é", "\"ééé"))).isInstanceOf(InvalidArgument.class);
    }

    @Test
    void tenantsAndQueuesAreSeparate() {
        enqueue("a");
        var other = QueueName.of("other");

        assertThat(decided(jobs().take("another", Q, TakeOptions.of(5), patience()))
                        .jobs())
                .isEmpty();
        assertThat(decided(jobs().take(tenant, other, TakeOptions.of(5), patience()))
                        .jobs())
                .isEmpty();
        assertThat(decided(jobs().inspect(tenant, other, "a", patience()))).isEmpty();
        assertThat(takenIds(5)).containsExactly("a");
    }

    @Test
    void aTakeReturnsAMegabyteAtMostUnlessItIsOneJob() {
        var large = JobPayload.of("\"" + "x".repeat(JobPayload.MAX_BYTES - 2) + "\"");
        IntStream.range(0, 7).forEach(i -> enqueue(NewJob.of("job-" + i, large)));

        assertThat(takenIds(20)).containsExactly("job-0", "job-1", "job-2", "job-3", "job-4");
        assertThat(takenIds(20)).containsExactly("job-5", "job-6");
    }

    @Test
    void jobsThatAreDueTogetherKeepTheirOrder() {
        for (int i = 0; i < 50; i++) {
            enqueue("b" + (100 - i));
        }
        enqueue(delayed("a", 1));
        enqueue(delayed("0", 1));
        assertThat(takenIds(20)).containsExactlyElementsOf(ids(0, 20));
        assertThat(takenIds(20)).containsExactlyElementsOf(ids(20, 40));
        pass(SECOND);
        enqueue("late");
        assertThat(takenIds(10)).containsExactlyElementsOf(ids(40, 50));
        assertThat(takenIds(10)).containsExactly("a", "0", "late");
    }

    private static List<String> ids(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "b" + (100 - i)).toList();
    }

    @Test
    void aStepBackOfTheClockDoesNotChangeTheOrder() {
        enqueue("a");
        pass(-3600 * SECOND);
        enqueue("b");
        enqueue("c");

        assertThat(takenIds(3)).containsExactly("a", "b", "c");
    }

    @Test
    void aDelayIsTakenOnceAndNotBeforeItsTimeHoweverLong() {
        var days = 30L * 86_400;
        assertThat(enqueue(delayed("a", days))).isEqualTo(new Queued(in(days * SECOND), false));
        for (int day = 0; day < 30; day++) {
            var outcome = take(TakeOptions.of(1));
            assertThat(outcome.jobs()).isEmpty();
            assertThat(outcome.waiting()).isEqualTo(1);
            pass(86_400 * SECOND - (day == 29 ? 1 : 0));
        }
        assertThat(take(1)).isEmpty();
        pass(1);
        assertThat(takenIds(1)).containsExactly("a");
        assertThat(take(1)).isEmpty();
        assertThat(inspect("a").orElseThrow().attempt()).isEqualTo(1);
    }

    @Test
    void aDueTimeIsThatOfTheCallerWithinBounds() {
        var at = in(90 * SECOND);
        assertThat(enqueue(NewJob.of("a", ONE).withDue(new DueTime.At(at)))).isEqualTo(new Queued(at, false));
        assertThat(enqueue(NewJob.of("b", ONE).withDue(new DueTime.At(in(-5))))).isEqualTo(new Queued(in(0), false));
        var latest = in(DueTime.MAX_DELAY_MILLIS * MILLI);
        assertThat(enqueue(NewJob.of("c", ONE).withDue(new DueTime.At(latest.plusNanos(1000)))))
                .isEqualTo(new DueTooLate(latest));
        assertThat(inspect("c")).isEmpty();
    }

    @Test
    void aDuplicateOfAWaitingJobIsKeptOrReplacesIt() {
        enqueue(delayed("a", 60));
        var again = NewJob.of("a", TWO);

        assertThat(enqueue(again)).isEqualTo(new Kept(in(60 * SECOND), false));
        assertThat(enqueue(again.withRequestId("after").withOnDuplicate(OnDuplicate.AFTER)))
                .isEqualTo(new Kept(in(60 * SECOND), false));
        pass(SECOND);
        var debounce = again.withRequestId("x").withOnDuplicate(OnDuplicate.REPLACE);
        assertThat(enqueue(debounce.withDue(new DueTime.After(5_000)))).isEqualTo(new Replaced(in(5 * SECOND), false));
        pass(5 * SECOND - 1);
        assertThat(take(1)).isEmpty();
        pass(1);
        assertThat(takeOne().payload()).isEqualTo(TWO);
        assertThat(take(1)).isEmpty();
    }

    @Test
    void aReplacedJobHasNoAttempts() {
        enqueue("a");
        fail(takeOne(), 1000);
        enqueue(NewJob.of("a", TWO).withOnDuplicate(OnDuplicate.REPLACE));

        var job = takeOne();
        assertThat(job.attempt()).isEqualTo(1);
        assertThat(job.payload()).isEqualTo(TWO);
    }

    @Test
    void aDuplicateOfAnActiveJobFollowsItOnce() {
        enqueue("a");
        var first = takeOne();
        var follower = NewJob.of("a", TWO).withOnDuplicate(OnDuplicate.AFTER);

        assertThat(enqueue(NewJob.of("a", TWO))).isEqualTo(new Kept(in(0), true));
        assertThat(enqueue(NewJob.of("a", ONE).withOnDuplicate(OnDuplicate.AFTER)))
                .isEqualTo(new After(in(0), true));
        assertThat(enqueue(follower)).isEqualTo(new After(in(0), true));
        assertThat(inspect("a").orElseThrow().followed()).isTrue();
        assertThat(take(1)).isEmpty();
        assertThat(complete(first)).isEqualTo(new Held<>(new LeaseEnd.Completed(false)));

        var second = takeOne();
        assertThat(second.payload()).isEqualTo(TWO);
        assertThat(complete(second)).isEqualTo(new Held<>(new LeaseEnd.Completed(true)));
        assertThat(take(1)).isEmpty();
    }

    @Test
    void aFollowerWaitsForTheRetriesOfItsJob() {
        enqueue(NewJob.of("a", ONE).withMaxAttempts(2));
        var first = takeOne();
        enqueue(NewJob.of("a", TWO).withOnDuplicate(OnDuplicate.AFTER));
        fail(first, 0);

        var retry = takeOne();
        assertThat(retry.payload()).isEqualTo(ONE);
        assertThat(retry.attempt()).isEqualTo(2);
        assertThat(fail(retry, 0)).isEqualTo(new Held<>(new LeaseEnd.Dead(2, false)));
        assertThat(takeOne().payload()).isEqualTo(TWO);
    }

    @Test
    void aFollowerOutlivesItsJob() {
        enqueue(NewJob.of("a", ONE).withTtlSeconds(10));
        takeOne();
        enqueue(NewJob.of("a", TWO).withOnDuplicate(OnDuplicate.AFTER).withTtlSeconds(1000));
        pass((30 + 10 + 1000) * SECOND - 1);
        assertThat(takeOne().payload()).isEqualTo(TWO);
        assertThat(inspect("a").orElseThrow().enqueuedAt()).isEqualTo(in(1 - (30 + 10 + 1000) * SECOND));
    }

    @Test
    void theOldPayloadDoesNotRunAfterAReplacement() {
        enqueue("a");
        var first = takeOne();
        assertThat(enqueue(NewJob.of("a", TWO).withOnDuplicate(OnDuplicate.REPLACE)))
                .isEqualTo(new After(in(0), true));
        assertThat(fail(first, 60_000)).isEqualTo(new Held<>(new LeaseEnd.Waiting(in(0), 1, false)));
        var second = takeOne();
        assertThat(second.payload()).isEqualTo(TWO);

        enqueue(NewJob.of("a", JobPayload.of("3")).withOnDuplicate(OnDuplicate.REPLACE));
        pass(30 * SECOND);
        assertThat(takeOne().payload().json()).isEqualTo("3");
    }

    @Test
    void aFailureIsRetriedAfterAPauseUntilTheAttemptsAreOver() {
        enqueue(NewJob.of("a", ONE));
        var lease = takeOne();
        assertThat(fail(lease, 10_000)).isEqualTo(new Held<>(new LeaseEnd.Waiting(in(10 * SECOND), 1, true)));
        pass(10 * SECOND - 1);
        assertThat(take(1)).isEmpty();
        pass(1);
        fail(takeOne(), 0);
        var last = takeOne();
        assertThat(last.attempt()).isEqualTo(3);
        assertThat(fail(last, 0)).isEqualTo(new Held<>(new LeaseEnd.Dead(3, true)));

        assertThat(take(1)).isEmpty();
        var details = inspect("a").orElseThrow();
        assertThat(details.state()).isEqualTo(JobState.DEAD);
        assertThat(details.attempt()).isEqualTo(3);
        assertThat(details.death()).contains(new Death(in(0), "no luck"));
        assertThat(details.expiresAt()).isEqualTo(in(NewJob.DEFAULT_TTL_SECONDS * SECOND));
    }

    @Test
    void theBackoffDoublesUpToItsBoundAndIsShortenedByHalfAtMost() {
        enqueue(NewJob.of("a", ONE).withMaxAttempts(15));
        for (int attempt = 1; attempt < 15; attempt++) {
            var job = takeOne();
            var waiting = (LeaseEnd.Waiting) ((Held<LeaseEnd>) fail(JobFailure.of(job.jobLease(), ""))).result();
            long longest = Math.min(600_000, 1_000L << (attempt - 1));
            assertThat(Duration.between(in(0), waiting.dueAt()).toMillis()).isBetween(longest / 2, longest);
            pass(longest * MILLI);
        }
    }

    @Test
    void aFailureCanBeFinal() {
        enqueue("a");
        var failure = new JobFailure(takeOne().jobLease(), OptionalLong.of(5), true, "bad ünput");

        assertThat(fail(failure)).isEqualTo(new Held<>(new LeaseEnd.Dead(1, true)));
        assertThat(dead(5, OptionalLong.empty()).jobs().getFirst().death()).isEqualTo(new Death(in(0), "bad ünput"));
    }

    @Test
    void aLostLeaseChangesNothing() {
        enqueue("a");
        var lost = takeOne();
        pass(30 * SECOND);
        assertThat(complete(lost)).isEqualTo(new Lost<>());
        assertThat(extend(lost, 60)).isEqualTo(new Lost<>());
        var held = takeOne();

        assertThat(complete(lost)).isEqualTo(new Lost<>());
        assertThat(fail(lost, 0)).isEqualTo(new Lost<>());
        assertThat(giveBack(lost)).isEqualTo(new Lost<>());
        assertThat(extend(lost, 60)).isEqualTo(new Lost<>());
        assertThat(inspect("a").orElseThrow().leaseExpiresAt()).contains(in(30 * SECOND));
        assertThat(complete(held)).isInstanceOf(Held.class);
        assertThat(complete(lost)).isEqualTo(new Lost<>());
    }

    @Test
    void aLeaseIsExtendedAndNeverShortened() {
        enqueue("a");
        var job = takeOne();
        assertThat(extend(job, 1)).isEqualTo(new Held<>(in(30 * SECOND)));
        assertThat(extend(job, 60)).isEqualTo(new Held<>(in(60 * SECOND)));
        pass(60 * SECOND - 1);
        assertThat(take(1)).isEmpty();
        assertThat(extend(job, 60)).isInstanceOf(Held.class);
        pass(60 * SECOND);
        assertThat(take(1)).hasSize(1);
    }

    @Test
    void threeLeasesLostByCrashKillTheJobAndCountAsNoAttempt() {
        enqueue("a");
        for (int crash = 0; crash < 3; crash++) {
            assertThat(takeOne().attempt()).isEqualTo(1);
            pass(30 * SECOND);
        }
        assertThat(take(1)).isEmpty();
        var details = inspect("a").orElseThrow();
        assertThat(details.crashes()).isEqualTo(3);
        assertThat(details.death().orElseThrow().reason()).isEqualTo("crashed");
    }

    @Test
    void aJobThatWasGivenBackKeepsItsTurnAndItsAttempt() {
        enqueue("a");
        enqueue("b");
        var job = takeOne();
        assertThat(giveBack(job)).isEqualTo(new Held<>(new LeaseEnd.Waiting(in(0), 1, false)));

        assertThat(take(2)).extracting(TakenJob::id, TakenJob::attempt).containsExactly(tuple("a", 1), tuple("b", 1));
    }

    @Test
    void aWaitingJobExpiresWithoutATrace() {
        enqueue(delayed("a", 100).withTtlSeconds(10));
        pass(110 * SECOND - 1);
        assertThat(inspect("a")).isPresent();
        pass(1);
        assertThat(inspect("a")).isEmpty();
        assertThat(take(1)).isEmpty();
        assertThat(counts()).isEqualTo(new QueueCounts(0, 0, 0, 0, 0, 0, Optional.empty()));
    }

    @Test
    void aJobIsCancelledUnlessItIsLeased() {
        enqueue("a");
        assertThat(cancel("a")).isEqualTo(new Cancelled(true));
        assertThat(cancel("a")).isEqualTo(new Cancelled(true));
        assertThat(take(1)).isEmpty();
        enqueue("a");
        var job = takeOne();
        assertThat(cancel("a")).isEqualTo(new JobActive());
        pass(30 * SECOND);
        assertThat(cancel("a")).isEqualTo(new Cancelled(true));
        assertThat(complete(job)).isEqualTo(new Lost<>());
    }

    @Test
    void deadJobsAreListedAndRedriven() {
        for (var id : List.of("a", "b", "c")) {
            enqueue(NewJob.of(id, ONE).withMaxAttempts(1));
            fail(takeOne(), 0);
        }
        var page = dead(2, OptionalLong.empty());
        assertThat(page.jobs()).extracting(JobPage.DeadJob::id).containsExactly("c", "b");
        var rest = dead(2, page.next());
        assertThat(rest.jobs()).extracting(JobPage.DeadJob::id).containsExactly("a");
        assertThat(rest.next()).isEmpty();

        assertThat(redrive("c", "none", "a")).isEqualTo(new Redriven(List.of("c", "a"), false));
        assertThat(redrive("c")).isEqualTo(new Redriven(List.of(), false));
        assertThat(take(5)).extracting(TakenJob::id).containsExactly("c", "a");
        assertThat(enqueue("b")).isInstanceOf(Queued.class);
        assertThat(dead(5, OptionalLong.empty()).jobs()).isEmpty();
    }

    @Test
    void theCountsAreThoseOfTheMoment() {
        enqueue(grouped("a", "g", 1));
        enqueue(grouped("b", "g", 1));
        enqueue(delayed("c", 5));
        enqueue(NewJob.of("d", ONE).withMaxAttempts(1));
        take(TakeOptions.of(3).withAttendance(new Attendance("ada", 10_000, true)));
        assertThat(counts()).isEqualTo(new QueueCounts(0, 1, 1, 2, 0, 1, Optional.empty()));
        pass(10 * SECOND);
        assertThat(counts()).isEqualTo(new QueueCounts(1, 0, 1, 2, 0, 0, Optional.of(in(-5 * SECOND))));
    }

    @Test
    void theListsHaveTheJobsThatTheCountsCount() {
        enqueue(grouped("a", "g", 1));
        enqueue(grouped("b", "g", 1));
        enqueue(delayed("c", 5));
        List.of("d", "e").forEach(this::enqueue);
        enqueue(NewJob.of("f", ONE).withTtlSeconds(1));
        take(2);
        assertThat(List.of(listed(Kind.DUE), listed(Kind.DELAYED), listed(Kind.BLOCKED), listed(Kind.ACTIVE)))
                .containsExactly(List.of("e", "f"), List.of("c"), List.of("b"), List.of("a", "d"));
        assertThat(list(Kind.ACTIVE, 1, 0)).isEqualTo(new JobPage<>(List.of(active("a", "g")), OptionalLong.of(1)));

        pass(30 * SECOND);
        for (int repetition = 0; repetition < 2; repetition++) {
            assertThat(listed(Kind.DUE)).as("without the expired one").containsExactly("e", "c", "a", "d");
            assertThat(list(Kind.DUE, 3, 0).jobs()).hasSize(2);
            assertThat(list(Kind.DUE, 3, 0).next()).hasValue(3);
            assertThat(list(Kind.DUE, 3, 3).jobs()).extracting(PresentJob::id).containsExactly("a", "d");
            assertThat(list(Kind.DUE, 3, 3).next()).isEmpty();
            assertThat(list(Kind.DUE, 3, 9)).isEqualTo(new JobPage<>(List.of(), OptionalLong.empty()));
            assertThat(List.of(listed(Kind.DELAYED), listed(Kind.BLOCKED), listed(Kind.ACTIVE)))
                    .containsExactly(List.of(), List.of("b"), List.of());
        }
    }

    private List<String> listed(Kind kind) {
        return list(kind, 100, 0).jobs().stream().map(PresentJob::id).toList();
    }

    private PresentJob active(String id, String group) {
        var leaseEnd = in(30 * SECOND);
        var end = leaseEnd.plusSeconds(NewJob.DEFAULT_TTL_SECONDS);
        return new PresentJob(id, Optional.of(group), 1, 3, 0, in(0), in(0), Optional.of(leaseEnd), end);
    }

    @Test
    void theAnswersToRepeatedCallsAreTheFirst() {
        var job = NewJob.of("a", ONE).withMaxAttempts(1);
        var queued = enqueue(job);
        var options = TakeOptions.of(2);
        var taken = take(options).jobs();
        assertThat(take(options).jobs()).isEqualTo(taken);
        enqueue("b");
        assertThat(take(options).jobs()).isEqualTo(taken);
        pass(SECOND);
        var first = complete(taken.getFirst());
        assertThat(complete(taken.getFirst())).isEqualTo(first);
        assertThat(take(options).jobs()).isEmpty();
        assertThat(enqueue(job)).isEqualTo(queued);
        assertThat(inspect("a")).isEmpty();
        var failed = takeOne();
        var waiting = fail(failed, 1);
        take(1);
        assertThat(fail(failed, 5)).isEqualTo(waiting);
        assertThat(complete(failed)).isEqualTo(new Lost<>());
        assertThat(giveBack(failed)).isEqualTo(new Lost<>());
        pass(120 * SECOND);
        assertThat(((Accepted) enqueue(job)).dueAt()).isEqualTo(in(0));
    }

    @Test
    void aRepeatedCallIsRecognizedAfterAStepBackOfTheClock() {
        var job = NewJob.of("a", ONE);
        var queued = enqueue(job);
        var taken = takeOne();
        var completed = complete(taken);
        pass(-30 * SECOND);

        assertThat(complete(taken)).isEqualTo(completed);
        assertThat(enqueue(job)).isEqualTo(queued);
        assertThat(inspect("a")).isEmpty();
    }

    @Test
    void theLeaseOfOneJobIsNotThatOfAnother() {
        enqueue("a");
        enqueue("b");
        var a = takeOne();
        takeOne();
        complete(a);

        var mixed = List.of(new JobLease("b", a.lease()));
        assertThat(decided(jobs().completeAll(tenant, Q, mixed, patience()))).containsExactly(new Lost<>());
        assertThat(inspect("b").orElseThrow().state()).isEqualTo(JobState.ACTIVE);
    }

    /** The first call may have had no response: then its caller repeats it, and nobody else knows of the job. */
    @Test
    void aRepeatedCancellationOrRedriveReportsAgainThatNoDrainerAttends() {
        enqueue(grouped("a", "g", 1));
        enqueue(grouped("b", "g", 1));
        fail(takeOne(), 60_000);
        assertThat(take(5)).isEmpty();
        assertThat(cancel("a")).isEqualTo(new Cancelled(false));

        assertThat(cancel("a")).isEqualTo(new Cancelled(false));

        fail(new JobFailure(takeOne().jobLease(), OptionalLong.empty(), true, ""));
        assertThat(cancel("a")).as("nothing is ready").isEqualTo(new Cancelled(true));
        assertThat(redrive("b").attended()).isFalse();
        assertThat(redrive("b")).isEqualTo(new Redriven(List.of(), false));
        drain("ada", 1);
        enqueue("c");
        assertThat(redrive("b")).isEqualTo(new Redriven(List.of(), true));
    }
}
