// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.redis;

import static dev.gatehouse.local.redis.FunctionOperations.decided;
import static dev.gatehouse.local.redis.FunctionOperations.patience;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.OwnerOutcome.Held;
import dev.gatehouse.jobs.Attendance;
import dev.gatehouse.jobs.CancelOutcome.Cancelled;
import dev.gatehouse.jobs.DueTime;
import dev.gatehouse.jobs.JobFailure;
import dev.gatehouse.jobs.JobPage;
import dev.gatehouse.jobs.JobPayload;
import dev.gatehouse.jobs.NewJob;
import dev.gatehouse.jobs.QueueName;
import dev.gatehouse.jobs.RedisJobStore;
import dev.gatehouse.jobs.TakeOptions;
import dev.gatehouse.jobs.TakenJob;
import dev.gatehouse.local.redis.FunctionOperations.Access;
import java.util.List;
import java.util.OptionalLong;

/** The operations of jobs. */
final class JobOperations {

    private static final QueueName QUEUE = QueueName.of("mails");

    private JobOperations() {}

    static void jobs(Access access) {
        var jobs = new RedisJobStore(access.link());
        var tenant = access.tenant();
        for (var id : List.of("a", "b", "c")) {
            enqueue(access, jobs, job(id).withGroup("g", 1).withMaxAttempts(1));
        }
        enqueue(access, jobs, job("d"));
        enqueue(access, jobs, job("e").withDue(new DueTime.After(60_000)));
        deleteAnIndex(access);

        var options = TakeOptions.of(5).withAttendance(new Attendance("ada", 60_000, true));
        var taken = decided(jobs.take(tenant, QUEUE, options, patience())).jobs();
        assertThat(taken).extracting(TakenJob::id).containsExactly("a", "d");
        assertThat(decided(jobs.extend(tenant, QUEUE, taken.getFirst().jobLease(), 60_000, patience())))
                .isInstanceOf(Held.class);
        var failure = JobFailure.of(taken.getFirst().jobLease(), "");
        assertThat(decided(jobs.fail(tenant, QUEUE, failure, patience()))).isInstanceOf(Held.class);
        var rest = List.of(taken.getLast().jobLease());
        assertThat(decided(jobs.giveBackAll(tenant, QUEUE, rest, patience()))).allMatch(Held.class::isInstance);
        assertThat(decided(jobs.dead(tenant, QUEUE, 5, OptionalLong.empty(), patience()))
                        .jobs())
                .hasSize(1);
        for (var kind : JobPage.Kind.values()) {
            decided(jobs.list(tenant, QUEUE, kind, 5, 0, patience()));
        }
        assertThat(decided(jobs.redrive(tenant, QUEUE, List.of("a"), patience()))
                        .ids())
                .containsExactly("a");
        assertThat(decided(jobs.counts(tenant, QUEUE, patience())).drainers()).isOne();
        assertThat(decided(jobs.leave(tenant, QUEUE, "ada", patience())).attended())
                .isFalse();
        for (var id : List.of("a", "b", "c", "d", "e")) {
            assertThat(decided(jobs.inspect(tenant, QUEUE, id, patience()))).isPresent();
            assertThat(decided(jobs.cancel(tenant, QUEUE, id, patience()))).isInstanceOf(Cancelled.class);
        }
    }

    /** Deletes the index of ready jobs, which the next take restores. */
    private static void deleteAnIndex(Access access) {
        var names = (List<?>) access.redis().cli("KEYS", "gh:{" + access.tenant() + ":*}:jr:*");
        assertThat(names).hasSize(1);
        access.redis().cli("DEL", names.getFirst().toString());
    }

    private static NewJob job(String id) {
        return NewJob.of(id, JobPayload.of("1"));
    }

    private static void enqueue(Access access, RedisJobStore jobs, NewJob job) {
        decided(jobs.enqueue(access.tenant(), QUEUE, job, patience()));
    }
}
