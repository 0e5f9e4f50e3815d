// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.lease;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.ratelimit.lease.Acquisition.Exhausted;
import dev.gatehouse.ratelimit.lease.Acquisition.Granted;
import dev.gatehouse.ratelimit.lease.Extension.Extended;
import dev.gatehouse.ratelimit.lease.Extension.Lost;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.Script;
import dev.gatehouse.redis.ScriptCall;
import dev.gatehouse.redis.ScriptReply;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Stores leases on Redis, with one round trip for each operation.
 *
 * <p>Each name and subject has one key, {@code gh:{<tenant>:<tag>}:lease:<name>} with the subject's {@link HashTag}.
 * Its value is a sorted set of the leases and the last fence.
 *
 * <table>
 * <caption>The commands of each operation</caption>
 * <tr><td>acquire</td><td>{@code EVALSHA lease-acquire.lua}: {@code TIME}; {@code ZSCORE} twice; {@code ZCOUNT};
 * {@code ZSCORE}; denied, {@code ZRANGE}; granted, {@code ZRANGEBYSCORE} of up to 50 ended leases and {@code ZREM} of
 * these, {@code ZADD}, {@code ZRANGE} of the last, {@code PEXPIRE}</td></tr>
 * <tr><td>extend</td><td>{@code EVALSHA lease-extend.lua}: {@code TIME}; {@code ZSCORE} three times; live, {@code ZADD},
 * {@code ZRANGE} of the last, {@code PEXPIRE}, {@code ZSCORE}</td></tr>
 * <tr><td>release</td><td>{@code EVALSHA lease-release.lua}: {@code TIME}; {@code ZSCORE} three times; live, {@code ZREM},
 * {@code ZRANGE} of the last, {@code PEXPIRE}</td></tr>
 * <tr><td>inspect</td><td>{@code EVALSHA lease-inspect.lua}: {@code TIME}; {@code ZSCORE} twice; {@code ZCOUNT};
 * {@code ZRANGEBYSCORE} of up to 100 leases</td></tr>
 * <tr><td>reset</td><td>{@code EVALSHA lease-reset.lua}: {@code TIME}; {@code ZSCORE} twice; {@code ZCOUNT}; if any is live,
 * {@code DEL}, {@code ZADD}, {@code ZRANGE} of the last, {@code PEXPIRE}</td></tr>
 * <tr><td>each, if the key is absent</td><td>also {@code EXISTS}</td></tr>
 * <tr><td>the first after a deep step back</td><td>also {@code ZADD}, {@code ZRANGE} of the last, {@code PEXPIRE}</td></tr>
 * </table>
 *
 * <p>Each command but {@code DEL} is O(log n) in the leases of the set, including ended ones.
 *
 * <p><b>Steps back of the clock.</b> Leases end by the clock plus the total of the steps back of more than a minute. Such a
 * step shows when the clock is over a minute behind the last grant or extension. Time then continues from there. The ends of
 * replies are in the time of the clock.
 *
 * <p><b>Why a fence only grows.</b> A fence is the greater of the last fence plus one and now in microseconds. While
 * the key exists, the first term suffices. The key expires one hour after all leases have ended and now has passed the
 * last fence, without the total of the steps back. From then on, the second term suffices. The same holds if Redis lost the
 * key early, by a failover or a restart without persistence. A fence is ahead of now only if the clock went back, or after
 * over a million grants in a second.
 *
 * <p>A fence can repeat only if the key is gone and the clock went back behind an earlier grant. If the key expired,
 * the clock must have gone back by more than an hour. Now is below 2<sup>52</sup> until the year 2112. A fence leads it
 * by no more than the clock went back plus the number of grants. It therefore stays below 2<sup>53</sup>, where Redis's
 * scores and JSON's numbers are exact.
 *
 * <p>A failover or a restart without persistence may lose leases. Redis may then grant them again while their holders
 * still rely on them. The fences distinguish the holders.
 *
 * <p>A key with a foreign value is left unchanged, and the decision is unavailable.
 */
public final class RedisLeases implements LeaseStore {

    private static final Script ACQUIRE = Script.beside(RedisLeases.class, "lease-acquire");
    private static final Script EXTEND = Script.beside(RedisLeases.class, "lease-extend");
    private static final Script RELEASE = Script.beside(RedisLeases.class, "lease-release");

    private static final Script INSPECT = Script.beside(RedisLeases.class, "lease-inspect");
    private static final Script RESET = Script.beside(RedisLeases.class, "lease-reset");

    private final RedisLink link;

    public RedisLeases(RedisLink link) {
        this.link = link;
    }

    @Override
    public CompletionStage<Decision<Acquisition>> acquire(String tenant, LeaseRequest request, Deadline deadline) {
        var call = call(ACQUIRE, tenant, request.lease())
                .number(request.limit())
                .number(LeaseRequest.micros(request.millis()));
        return run(call, deadline, reply -> switch (reply.word()) {
            case "granted" -> new Granted(reply.number(1), reply.instant(2), reply.number(3));
            case "exhausted" -> new Exhausted(reply.number(1), reply.micros(2));
            default -> throw reply.unexpected();
        });
    }

    @Override
    public CompletionStage<Decision<Extension>> extend(String tenant, Lease lease, long millis, Deadline deadline) {
        var call = call(EXTEND, tenant, lease).number(LeaseRequest.micros(millis));
        return run(call, deadline, reply -> switch (reply.word()) {
            case "extended" -> new Extended(reply.number(1), reply.instant(2));
            case "lost" -> new Lost();
            default -> throw reply.unexpected();
        });
    }

    @Override
    public CompletionStage<Decision<Boolean>> release(String tenant, Lease lease, Deadline deadline) {
        return run(call(RELEASE, tenant, lease), deadline, reply -> switch (reply.word()) {
            case "released" -> true;
            case "absent" -> false;
            default -> throw reply.unexpected();
        });
    }

    @Override
    public CompletionStage<Decision<LeaseUsage>> inspect(String tenant, LeasedResource resource, Deadline deadline) {
        var call = call(INSPECT, tenant, resource).number(LeaseUsage.MAX_ENDS);
        return run(call, deadline, reply -> {
            if (!reply.word().equals("leases")) {
                throw reply.unexpected();
            }
            var ends = IntStream.range(2, reply.size()).mapToObj(reply::instant).toList();
            return new LeaseUsage(reply.number(1), ends);
        });
    }

    @Override
    public CompletionStage<Decision<Long>> reset(String tenant, LeasedResource resource, Deadline deadline) {
        return run(call(RESET, tenant, resource), deadline, reply -> switch (reply.word()) {
            case "reset" -> reply.number(1);
            default -> throw reply.unexpected();
        });
    }

    private <T> CompletionStage<Decision<T>> run(ScriptCall call, Deadline deadline, Function<ScriptReply, T> outcome) {
        return link.run(call, deadline).thenApply(reply -> Decision.of(reply.map(outcome)));
    }

    private static ScriptCall call(Script script, String tenant, Lease lease) {
        return call(script, tenant, lease.resource()).text(lease.id());
    }

    private static ScriptCall call(Script script, String tenant, LeasedResource resource) {
        return ScriptCall.of(script)
                .key("gh:{" + tenant + ":" + HashTag.of(resource.subject()) + "}:lease:" + resource.name());
    }
}
