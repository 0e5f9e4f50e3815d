// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.OwnerOutcome.Held;
import dev.gatehouse.jobs.CancelOutcome.Cancelled;
import dev.gatehouse.jobs.EnqueueOutcome.After;
import dev.gatehouse.jobs.EnqueueOutcome.Kept;
import dev.gatehouse.jobs.EnqueueOutcome.Queued;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The contract of {@link JobStore} on groups and on the attendance of drainers, for each store. */
abstract class JobGroupContract extends JobCalls {

    private static final long START = 1_790_000_000 * SECOND;

    @BeforeEach
    void startClock() {
        clock().set(START);
    }

    @Test
    void aGroupOfOneRunsInOrderOneByOneAlsoThroughFailures() {
        for (var id : List.of("c", "b", "a")) {
            enqueue(grouped(id, "g", 1));
        }
        enqueue("other");
        var first = take(5);
        assertThat(first).extracting(TakenJob::id).containsExactly("c", "other");
        complete(first.getLast());
        fail(first.getFirst(), 10_000);
        assertThat(take(5)).isEmpty();
        pass(10 * SECOND);
        var retry = takeOne();
        assertThat(retry.id()).isEqualTo("c");
        pass(30 * SECOND); // A crash.
        var third = takeOne();
        assertThat(third.id()).isEqualTo("c");
        assertThat(giveBack(third)).isInstanceOf(Held.class);
        assertThat(complete(takeOne())).isEqualTo(new Held<>(new LeaseEnd.Completed(false)));
        assertThat(takenIds(5)).containsExactly("b");
    }

    @Test
    void noMoreOfAGroupRunThanItsLatestLimit() {
        for (int i = 0; i < 6; i++) {
            enqueue(grouped("a" + i, "g", 2));
        }
        enqueue(grouped("b", "h", 1));
        assertThat(takenIds(20)).containsExactly("a0", "a1", "b");
        enqueue(grouped("a6", "g", 4));
        var raised = take(20);
        assertThat(raised).extracting(TakenJob::id).containsExactly("a2", "a3");
        enqueue(grouped("a7", "g", 1));
        raised.forEach(this::complete);
        assertThat(take(20)).isEmpty();
        assertThat(counts().blocked()).isEqualTo(4);
    }

    @Test
    void oneGroupDoesNotHoldUpAnother() {
        for (int i = 0; i < 250; i++) {
            enqueue(grouped("a" + i, "g", 1));
        }
        enqueue(grouped("b", "g!", 1));
        assertThat(takenIds(1)).containsExactly("a0");
        var taken = takenIds(1);
        for (int i = 0; taken.isEmpty() && i < 5; i++) {
            taken = takenIds(1);
        }
        assertThat(taken).containsExactly("b");
    }

    @Test
    void jobsOfAGroupTakeTheirTurnsByDueTime() {
        enqueue(delayed("second", 2).withGroup("g", 1));
        enqueue(delayed("first", 1).withGroup("g", 1));
        pass(3 * SECOND);
        enqueue(grouped("third", "g", 1));
        for (var id : List.of("first", "second", "third")) {
            var job = takeOne();
            assertThat(job.id()).isEqualTo(id);
            complete(job);
        }
    }

    @Test
    void aDeadOrExpiredJobLeavesItsPlace() {
        enqueue(grouped("a", "g", 1).withMaxAttempts(1));
        enqueue(grouped("b", "g", 1).withTtlSeconds(5));
        enqueue(grouped("c", "g", 1));
        assertThat(fail(takeOne(), 0)).isEqualTo(new Held<>(new LeaseEnd.Dead(1, false)));
        fail(takeOne(), 1_000);
        pass(6 * SECOND);
        assertThat(takenIds(5)).containsExactly("c");
    }

    @Test
    void aReplacedJobKeepsItsPlaceAndItsTurn() {
        enqueue(grouped("a", "g", 1));
        enqueue(grouped("b", "g", 1));
        enqueue(grouped("c", "g", 1));
        fail(takeOne(), 60_000);
        assertThat(take(5)).isEmpty();
        enqueue(NewJob.of("b", TWO).withOnDuplicate(OnDuplicate.REPLACE));
        enqueue(NewJob.of("a", TWO).withOnDuplicate(OnDuplicate.REPLACE));
        var a = takeOne();
        assertThat(a.payload()).isEqualTo(TWO);
        complete(a);
        var b = takeOne();
        assertThat(b.id()).isEqualTo("b");
        assertThat(b.group()).contains("g");
        assertThat(b.payload()).isEqualTo(TWO);
    }

    @Test
    void anEnqueuerCanRelyOnADrainerThatAttends() {
        assertThat(enqueue("a")).isEqualTo(new Queued(in(0), false));
        var first = drain("ada", 1);
        assertThat(first.left()).isFalse();
        assertThat(enqueue("b")).isEqualTo(new Queued(in(0), true));
        assertThat(enqueue(delayed("c", 5))).isEqualTo(new Queued(in(5 * SECOND), false));
        assertThat(enqueue(delayed("c", 5))).isEqualTo(new Kept(in(5 * SECOND), false));
        complete(first.jobs().getFirst());
        complete(drain("ada", 1).jobs().getFirst());

        var last = drain("ada", 1);

        assertThat(last).isEqualTo(new TakeOutcome(List.of(), Optional.of(in(5 * SECOND)), 1, true));
        assertThat(enqueue("d")).isEqualTo(new Queued(in(0), false));
    }

    @Test
    void aDrainerThatDiedCostsTheRestOfItsAttendance() {
        enqueue("a");
        drain("ada", 1);
        pass(60 * SECOND - 1);
        assertThat(enqueue("b")).isEqualTo(new Queued(in(0), true));
        pass(1);
        assertThat(enqueue("c")).isEqualTo(new Queued(in(0), false));
    }

    @Test
    void eachDrainerAttendsByItself() {
        enqueue("a");
        enqueue("b");
        drain("ada", 1);
        drain("grace", 1);
        assertThat(leave("ada")).isEqualTo(new LeaveOutcome(true, Optional.of(in(30 * SECOND))));
        assertThat(enqueue("c")).isEqualTo(new Queued(in(0), true));
        assertThat(leave("grace")).isEqualTo(new LeaveOutcome(false, Optional.of(in(0))));
        assertThat(leave("grace")).isEqualTo(new LeaveOutcome(false, Optional.of(in(0))));
    }

    @Test
    void anAttendanceIsRenewedWithoutTaking() {
        enqueue("a");
        drain("ada", 1);
        pass(50 * SECOND);
        var renewed = take(new TakeOptions(0, 1, Optional.of(new Attendance("ada", 60_000, false)), "renewal"));
        assertThat(renewed.jobs()).isEmpty();
        pass(50 * SECOND);
        assertThat(enqueue("b")).isEqualTo(new Queued(in(0), true));
    }

    @Test
    void aCallThatMakesAJobReadyReportsThatNoDrainerAttends() {
        enqueue(grouped("a", "g", 1));
        enqueue(grouped("b", "g", 1));
        var held = takeOne();
        assertThat(take(5)).isEmpty();
        assertThat(fail(held, 60_000)).isEqualTo(new Held<>(new LeaseEnd.Waiting(in(60 * SECOND), 1, true)));

        assertThat(cancel("a")).isEqualTo(new Cancelled(false));
        var b = takeOne();
        assertThat(enqueue(NewJob.of("b", TWO).withOnDuplicate(OnDuplicate.AFTER)))
                .isEqualTo(new After(in(0), true));
        assertThat(complete(b)).isEqualTo(new Held<>(new LeaseEnd.Completed(false)));
        drain("ada", 1);
        assertThat(cancel("none")).isEqualTo(new Cancelled(true));
    }

    /** A take moves a hundred jobs at most whose delay has ended. */
    @Test
    void jobsThatBecameDueBeforeAnotherAreTakenBeforeItHoweverMany() {
        for (int i = 0; i < 150; i++) {
            enqueue(grouped("g" + i, "g", 1).withDue(new DueTime.After(1_000)));
        }
        enqueue(delayed("due", 1));
        pass(2 * SECOND);
        enqueue("late");

        var taken = new ArrayList<String>();
        for (int i = 0; i < 3; i++) {
            taken.addAll(takenIds(5));
        }

        assertThat(taken).containsExactly("g0", "due", "late");
    }
}
