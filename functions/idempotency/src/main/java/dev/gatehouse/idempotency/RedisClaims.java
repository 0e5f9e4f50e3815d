// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.OwnerOutcome;
import dev.gatehouse.fallback.OwnerOutcome.Held;
import dev.gatehouse.fallback.OwnerOutcome.Lost;
import dev.gatehouse.idempotency.ClaimOutcome.Claimed;
import dev.gatehouse.idempotency.ClaimOutcome.Completed;
import dev.gatehouse.idempotency.ClaimOutcome.InFlight;
import dev.gatehouse.idempotency.ClaimOutcome.KeyReused;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.Reply;
import dev.gatehouse.redis.RetryableScripts;
import dev.gatehouse.redis.Script;
import dev.gatehouse.redis.ScriptCall;
import dev.gatehouse.redis.ScriptReply;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps claims on Redis, in one round trip each.
 *
 * <p>Each idempotency key has one Redis key, named by {@link IdempotencyKey#redisKey}, which holds a packed record.
 *
 * <table>
 * <caption>The commands of each operation</caption>
 * <tr><td>claim</td><td>{@code EVALSHA claim.lua}: {@code TIME}; {@code GET}; claimed, {@code SET … PX}</td></tr>
 * <tr><td>complete</td><td>{@code EVALSHA complete.lua}: {@code TIME}; {@code GET}; recorded, {@code SET … PX}</td></tr>
 * <tr><td>release</td><td>{@code EVALSHA release.lua}: {@code TIME}; {@code GET}; released, {@code DEL}</td></tr>
 * <tr><td>extend</td><td>{@code EVALSHA extend.lua}: {@code TIME}; {@code GET}; extended, {@code SET … PX}</td></tr>
 * <tr><td>inspect</td><td>{@code EVALSHA inspect.lua}: {@code TIME}; {@code GET}</td></tr>
 * <tr><td>invalidate</td><td>{@code EVALSHA invalidate.lua}: {@code DEL}</td></tr>
 * </table>
 *
 * <p>A call without a reply is repeated within the deadline. Each script identifies the owner, so a repetition has no
 * further effect.
 *
 * <p><b>Redis can lose data.</b> A failover loses a claim or result that the replica has not received; a restart loses it
 * without persistence. The key is then free, and the next claimant repeats the work. The first claimant's completion is
 * {@link OwnerOutcome.Lost}, unless it preceded the loss.
 *
 * <p>A value that Gatehouse did not write remains unchanged, and the decision is unavailable.
 */
public final class RedisClaims implements ClaimStore {

    private static final Logger LOG = LoggerFactory.getLogger(RedisClaims.class);

    private static final Script CLAIM = script("claim");
    private static final Script COMPLETE = script("complete");
    private static final Script RELEASE = script("release");
    private static final Script EXTEND = script("extend");
    private static final Script INSPECT = script("inspect");
    private static final Script INVALIDATE = script("invalidate");

    private final RetryableScripts scripts;

    public RedisClaims(RedisLink link) {
        this.scripts = new RetryableScripts(link);
    }

    private static Script script(String name) {
        return Script.beside(RedisClaims.class, name).replyingPacked();
    }

    @Override
    public CompletionStage<Decision<ClaimOutcome>> claim(String tenant, ClaimRequest request, Deadline deadline) {
        return run(claimCall(tenant, request), RedisClaims::outcome, deadline);
    }

    /** Claims in one flush. */
    @Override
    public List<CompletionStage<Decision<ClaimOutcome>>> claimAll(
            String tenant, List<ClaimRequest> requests, Deadline deadline) {
        var calls = requests.stream().map(request -> claimCall(tenant, request)).toList();
        return scripts.runAll(calls, deadline).stream()
                .map(stage -> stage.thenApply(reply -> decision(reply, RedisClaims::outcome)))
                .toList();
    }

    private static ScriptCall claimCall(String tenant, ClaimRequest request) {
        return call(CLAIM, tenant, request.claim())
                .text(request.fingerprint().value())
                .text(request.claimedBy())
                .number(request.lease().micros())
                .number(request.lifetime().micros());
    }

    @Override
    public CompletionStage<Decision<OwnerOutcome<Completion>>> complete(
            String tenant, Claim claim, Response response, Optional<Lifetime> lifetime, Deadline deadline) {
        var call = call(COMPLETE, tenant, claim)
                .number(lifetime.map(Lifetime::micros).orElse(0L))
                .bytes(StoredResponse.of(response).bytes());
        return runAsOwner(call, RedisClaims::completion, deadline);
    }

    @Override
    public CompletionStage<Decision<OwnerOutcome<Boolean>>> release(String tenant, Claim claim, Deadline deadline) {
        return runAsOwner(call(RELEASE, tenant, claim), reply -> reply.has(0, "released"), deadline);
    }

    @Override
    public CompletionStage<Decision<OwnerOutcome<Instant>>> extend(
            String tenant, Claim claim, ClaimLease length, Deadline deadline) {
        return runAsOwner(call(EXTEND, tenant, claim).number(length.micros()), reply -> reply.instant(1), deadline);
    }

    @Override
    public CompletionStage<Decision<Inspection>> inspect(String tenant, IdempotencyKey key, Deadline deadline) {
        return run(call(INSPECT, tenant, key), RedisClaims::inspection, deadline);
    }

    @Override
    public CompletionStage<Decision<Boolean>> invalidate(String tenant, IdempotencyKey key, Deadline deadline) {
        return run(call(INVALIDATE, tenant, key), reply -> reply.has(0, "forgotten"), deadline);
    }

    private static ScriptCall call(Script script, String tenant, IdempotencyKey key) {
        return ScriptCall.of(script).key(key.redisKey(tenant));
    }

    private static ScriptCall call(Script script, String tenant, Claim claim) {
        return call(script, tenant, claim.key()).text(claim.owner().token());
    }

    /** Runs a script that replies {@code lost} if the owner does not hold the claim. */
    private <T> CompletionStage<Decision<OwnerOutcome<T>>> runAsOwner(
            ScriptCall call, Function<ScriptReply, T> result, Deadline deadline) {
        return run(call, reply -> reply.has(0, "lost") ? new Lost<>() : new Held<>(result.apply(reply)), deadline);
    }

    private <T> CompletionStage<Decision<T>> run(ScriptCall call, Function<ScriptReply, T> outcome, Deadline deadline) {
        return scripts.run(call, deadline).thenApply(reply -> decision(reply, outcome));
    }

    private static <T> Decision<T> decision(Reply<ScriptReply> reply, Function<ScriptReply, T> outcome) {
        try {
            return Decision.of(reply.map(outcome));
        } catch (StoredResponse.Unreadable e) {
            LOG.warn("A stored response cannot be read: it is {}", e.getMessage());
            return Decision.of(new Reply.Refused<>("UNREADABLE"));
        }
    }

    private static ClaimOutcome outcome(ScriptReply reply) {
        return switch (reply.word()) {
            case "claimed" -> new Claimed(reply.instant(1), reply.instant(2), reply.number(3));
            case "completed" -> completed(reply);
            case "in-flight" -> new InFlight(reply.instant(1), reply.text(3), reply.instant(2), reply.micros(4));
            case "reused" -> new KeyReused();
            default -> throw reply.unexpected();
        };
    }

    private static Inspection inspection(ScriptReply reply) {
        return switch (reply.word()) {
            case "absent" -> new Inspection.Absent();
            case "in-flight" ->
                new Inspection.InFlight(
                        reply.instant(1), reply.text(3), reply.instant(2), reply.instant(4), reply.number(5));
            case "completed" -> completed(reply);
            default -> throw reply.unexpected();
        };
    }

    private static Completed completed(ScriptReply reply) {
        return new Completed(
                new StoredResponse(reply.bytes(4)).response(),
                new Fingerprint(reply.text(3)),
                reply.instant(1),
                reply.instant(2));
    }

    private static Completion completion(ScriptReply reply) {
        return new Completion(reply.instant(1), reply.instant(2), new Fingerprint(reply.text(3)), reply.flag(4));
    }
}
