// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs;

import dev.gatehouse.codec.RandomToken;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.OwnerOutcome;
import dev.gatehouse.jobs.DueTime.After;
import dev.gatehouse.jobs.DueTime.At;
import dev.gatehouse.jobs.JobPage.DeadJob;
import dev.gatehouse.jobs.JobPage.PresentJob;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.Jitter;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.RetryableScripts;
import dev.gatehouse.redis.Script;
import dev.gatehouse.redis.ScriptCall;
import dev.gatehouse.redis.ScriptReply;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Keeps jobs on Redis, in one round trip each.
 *
 * <p>A queue has up to twelve Redis keys, named by {@link QueueName#redisKeys}, all in one slot: the hash {@code j} has the
 * records of the jobs and is the truth; {@code jp} has the payloads. The sorted sets are indexes: {@code jd} of delayed
 * jobs, {@code jr} of those that are ready, {@code jl} of leases, {@code jw} of jobs that wait for others of their group, {@code
 * jx} of dead ones, {@code je} of expiries. A take restores them from the records if one was lost. {@code jg} counts the
 * jobs of groups, {@code ja} has the attendance of drainers, {@code jm0} and {@code jm1} the replies to recent calls.
 * Each key expires with the last thing in it.
 *
 * <table>
 * <caption>The commands of each operation, besides {@code TIME}</caption>
 * <tr><td>enqueue</td><td>{@code EVALSHA enqueue.lua}: {@code HGET} memory; {@code ZRANGEBYSCORE} ends; {@code HGET}, {@code
 * HSET} jobs, payloads; {@code ZADD} an index, ends; {@code HGET}, {@code HSET} groups; {@code HSET} memory; {@code
 * PEXPIRE}</td></tr>
 * <tr><td>take, leave</td><td>{@code EVALSHA take.lua}: {@code HLEN}, {@code ZCARD} to compare records with indexes; {@code
 * ZRANGEBYSCORE} ends, leases, delayed; for each job {@code ZRANGE} ready, {@code HGET}, {@code HSET}, {@code ZREM}, {@code
 * ZADD}; {@code HSET} memory; {@code ZADD} or {@code ZREM} attendance; {@code PEXPIRE}</td></tr>
 * <tr><td>complete, fail, give back, extend</td><td>{@code EVALSHA complete.lua}, {@code fail.lua}, {@code give-back.lua} or
 * {@code extend.lua}: for each job {@code HGET} memory, jobs; {@code ZREM}, {@code HDEL} or {@code HSET}, {@code ZADD}; {@code
 * ZRANGEBYLEX} for the next of its group; {@code HSET} memory; {@code PEXPIRE}</td></tr>
 * <tr><td>cancel, redrive</td><td>{@code EVALSHA cancel.lua} or {@code redrive.lua}: as complete</td></tr>
 * <tr><td>inspect, dead, list, counts</td><td>{@code EVALSHA inspect.lua}, {@code dead.lua}, {@code list.lua} or {@code
 * counts.lua}: {@code HGET}; {@code ZREVRANGEBYSCORE}, {@code ZRANGE}; {@code ZCARD}, {@code ZCOUNT}</td></tr>
 * </table>
 *
 * <p>A call without a reply is repeated within the deadline. Each script identifies its call or lease, so a repetition has
 * no further effect.
 *
 * <p><b>Redis can lose data.</b> A failover loses jobs that the replica has not received, and may run one again whose completion
 * it has not received.
 */
public final class RedisJobStore implements JobStore {

    private static final Script ENQUEUE = script("enqueue");
    private static final Script TAKE = script("take");
    private static final Script COMPLETE = script("complete");
    private static final Script FAIL = script("fail");
    private static final Script GIVE_BACK = script("give-back");
    private static final Script EXTEND = script("extend");
    private static final Script CANCEL = script("cancel");
    private static final Script INSPECT = script("inspect");
    private static final Script DEAD = script("dead");
    private static final Script LIST = script("list");
    private static final Script REDRIVE = script("redrive");
    private static final Script COUNTS = script("counts");

    private final RetryableScripts scripts;
    private final Duration remembered;

    public RedisJobStore(RedisLink link) {
        this(link, Duration.ofSeconds(REMEMBERED_SECONDS));
    }

    /** @param remembered the time for which repeated calls are recognized at least */
    RedisJobStore(RedisLink link, Duration remembered) {
        this.scripts = new RetryableScripts(link);
        this.remembered = remembered;
    }

    private static Script script(String name) {
        return Script.beside(RedisJobStore.class, name).replyingPacked();
    }

    @Override
    public CompletionStage<Decision<EnqueueOutcome>> enqueue(
            String tenant, QueueName queue, NewJob job, Deadline deadline) {
        var call = call(ENQUEUE, tenant, queue)
                .text(job.id())
                .bytes(job.payload().bytes())
                .text(job.group().orElse(""))
                .number(job.groupLimit());
        switch (job.due()) {
            case After(var millis) -> call.number(millis * 1000).flag(false);
            case At at -> call.number(at.micros()).flag(true);
        }
        call.number(DueTime.MAX_DELAY_MILLIS * 1000)
                .text(job.onDuplicate().name().toLowerCase(Locale.ROOT))
                .number(job.maxAttempts())
                .number(job.ttlSeconds() * 1_000_000)
                .text(job.requestId());
        return run(call, JobReplyReader::enqueueOutcome, deadline);
    }

    @Override
    public CompletionStage<Decision<TakeOutcome>> take(
            String tenant, QueueName queue, TakeOptions options, Deadline deadline) {
        var leaves = options.attendance().map(Attendance::leaveWhenEmpty).orElse(false);
        var call = takeCall(
                tenant,
                queue,
                options,
                options.attendance().map(Attendance::drainer).orElse(""),
                leaves ? "leave-when-empty" : "stay");
        return run(call, JobReplyReader::takeOutcome, deadline);
    }

    @Override
    public CompletionStage<Decision<LeaveOutcome>> leave(
            String tenant, QueueName queue, String drainer, Deadline deadline) {
        Attendance.requireDrainer(drainer);
        var call = takeCall(tenant, queue, TakeOptions.of(0), drainer, "leave");
        return run(call, JobReplyReader::departure, deadline);
    }

    private ScriptCall takeCall(String tenant, QueueName queue, TakeOptions options, String drainer, String mode) {
        return call(TAKE, tenant, queue)
                .number(options.max())
                .number(options.leaseMillis() * 1000)
                .text(options.requestId())
                .number(MAX_TAKEN_BYTES)
                .text(drainer)
                .number(options.attendance().map(Attendance::attendMillis).orElse(0L) * 1000)
                .text(mode);
    }

    @Override
    public CompletionStage<Decision<List<OwnerOutcome<LeaseEnd.Completed>>>> completeAll(
            String tenant, QueueName queue, List<JobLease> leases, Deadline deadline) {
        return run(leasesCall(COMPLETE, tenant, queue, leases), JobReplyReader::completed, deadline);
    }

    @Override
    public CompletionStage<Decision<List<OwnerOutcome<LeaseEnd.Waiting>>>> giveBackAll(
            String tenant, QueueName queue, List<JobLease> leases, Deadline deadline) {
        return run(leasesCall(GIVE_BACK, tenant, queue, leases), JobReplyReader::givenBack, deadline);
    }

    private ScriptCall leasesCall(Script script, String tenant, QueueName queue, List<JobLease> leases) {
        return addAll(call(script, tenant, queue), leases);
    }

    private static ScriptCall addAll(ScriptCall call, List<JobLease> leases) {
        JobStore.requireBatch("jobs", leases.stream().map(JobLease::id).toList());
        leases.forEach(lease -> call.text(lease.id()).text(lease.lease()));
        return call;
    }

    @Override
    public CompletionStage<Decision<List<OwnerOutcome<LeaseEnd>>>> failAll(
            String tenant, QueueName queue, List<JobFailure> failures, Deadline deadline) {
        JobStore.requireBatch(
                "jobs", failures.stream().map(failure -> failure.lease().id()).toList());
        var call = call(FAIL, tenant, queue).number(BACKOFF_MILLIS * 1000).number(MAX_BACKOFF_MILLIS * 1000);
        failures.forEach(failure -> call.text(failure.lease().id())
                .text(failure.lease().lease())
                .number(
                        failure.retryInMillis().isPresent()
                                ? failure.retryInMillis().getAsLong() * 1000
                                : -1)
                // The generator of Redis returns the same numbers in each script.
                .number(Jitter.between(500, 1001))
                .flag(failure.dead())
                .text(failure.reason()));
        return run(call, JobReplyReader::failed, deadline);
    }

    @Override
    public CompletionStage<Decision<List<OwnerOutcome<Instant>>>> extendAll(
            String tenant, QueueName queue, List<JobLease> leases, long leaseMillis, Deadline deadline) {
        TakeOptions.requireLease(leaseMillis);
        var call = addAll(call(EXTEND, tenant, queue).number(leaseMillis * 1000), leases);
        return run(call, JobReplyReader::extended, deadline);
    }

    @Override
    public CompletionStage<Decision<CancelOutcome>> cancel(
            String tenant, QueueName queue, String id, Deadline deadline) {
        NewJob.requireId(id);
        var call = call(CANCEL, tenant, queue).text(id).text(RandomToken.next());
        return run(call, JobReplyReader::cancelOutcome, deadline);
    }

    @Override
    public CompletionStage<Decision<Optional<JobDetails>>> inspect(
            String tenant, QueueName queue, String id, Deadline deadline) {
        NewJob.requireId(id);
        return run(call(INSPECT, tenant, queue).text(id), reply -> JobReplyReader.details(reply, id), deadline);
    }

    @Override
    public CompletionStage<Decision<JobPage<DeadJob>>> dead(
            String tenant, QueueName queue, int limit, OptionalLong before, Deadline deadline) {
        JobPage.requireLimit(limit);
        JobPage.requireBefore(before);
        var call = call(DEAD, tenant, queue).number(limit).number(before.orElse(0));
        return run(call, JobReplyReader::deadJobs, deadline);
    }

    @Override
    public CompletionStage<Decision<JobPage<PresentJob>>> list(
            String tenant, QueueName queue, JobPage.Kind kind, int limit, int offset, Deadline deadline) {
        JobPage.requireLimit(limit);
        JobPage.requireOffset(offset);
        var call = call(LIST, tenant, queue)
                .text(kind.name().toLowerCase(Locale.ROOT))
                .number(limit)
                .number(offset);
        return run(call, JobReplyReader::presentJobs, deadline);
    }

    @Override
    public CompletionStage<Decision<Redriven>> redrive(
            String tenant, QueueName queue, List<String> ids, Deadline deadline) {
        JobStore.requireBatch("ids", ids);
        var call = call(REDRIVE, tenant, queue).text(RandomToken.next());
        ids.forEach(call::text);
        return run(call, JobReplyReader::redriven, deadline);
    }

    @Override
    public CompletionStage<Decision<QueueCounts>> counts(String tenant, QueueName queue, Deadline deadline) {
        return run(call(COUNTS, tenant, queue), JobReplyReader::counts, deadline);
    }

    private ScriptCall call(Script script, String tenant, QueueName queue) {
        var call = ScriptCall.of(script);
        queue.redisKeys(tenant).forEach(call::key);
        return call.micros(remembered).number(MAX_CRASHES);
    }

    private <T> CompletionStage<Decision<T>> run(ScriptCall call, Function<ScriptReply, T> reader, Deadline deadline) {
        return scripts.run(call, deadline).thenApply(reply -> Decision.of(reply).map(reader));
    }
}
