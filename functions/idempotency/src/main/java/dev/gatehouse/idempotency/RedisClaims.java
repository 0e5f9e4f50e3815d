package dev.gatehouse.idempotency;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.idempotency.ClaimOutcome.Claimed;
import dev.gatehouse.idempotency.ClaimOutcome.Completed;
import dev.gatehouse.idempotency.ClaimOutcome.InFlight;
import dev.gatehouse.idempotency.ClaimOutcome.KeyReused;
import dev.gatehouse.idempotency.OwnerOutcome.Held;
import dev.gatehouse.idempotency.OwnerOutcome.Lost;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.Reply;
import dev.gatehouse.redis.RetryableScripts;
import dev.gatehouse.redis.Script;
import dev.gatehouse.redis.ScriptCall;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
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
public final class RedisClaims implements Claims {

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
        var args = List.of(
                ascii(request.claim().owner().token()),
                ascii(request.fingerprint().value()),
                ascii(request.claimedBy()),
                number(request.lease().micros()),
                number(request.lifetime().micros()));
        return run(CLAIM, tenant, request.claim().key(), args, RedisClaims::outcome, deadline);
    }

    @Override
    public CompletionStage<Decision<OwnerOutcome<Completion>>> complete(
            String tenant, Claim claim, Response response, Optional<Lifetime> lifetime, Deadline deadline) {
        var args = List.of(
                ascii(claim.owner().token()),
                number(lifetime.map(Lifetime::micros).orElse(0L)),
                StoredResponse.of(response).bytes());
        return runAsOwner(COMPLETE, tenant, claim, args, RedisClaims::completion, deadline);
    }

    @Override
    public CompletionStage<Decision<OwnerOutcome<Boolean>>> release(String tenant, Claim claim, Deadline deadline) {
        var args = List.of(ascii(claim.owner().token()));
        return runAsOwner(
                RELEASE, tenant, claim, args, reply -> reply.getFirst().equals("released"), deadline);
    }

    @Override
    public CompletionStage<Decision<OwnerOutcome<Instant>>> extend(
            String tenant, Claim claim, ClaimLease length, Deadline deadline) {
        var args = List.of(ascii(claim.owner().token()), number(length.micros()));
        return runAsOwner(EXTEND, tenant, claim, args, reply -> instant(reply.get(1)), deadline);
    }

    @Override
    public CompletionStage<Decision<Inspection>> inspect(String tenant, IdempotencyKey key, Deadline deadline) {
        return run(INSPECT, tenant, key, List.of(), RedisClaims::inspection, deadline);
    }

    @Override
    public CompletionStage<Decision<Boolean>> invalidate(String tenant, IdempotencyKey key, Deadline deadline) {
        return run(INVALIDATE, tenant, key, List.of(), reply -> reply.getFirst().equals("forgotten"), deadline);
    }

    /** Runs a script that replies {@code lost} if the owner does not hold the claim. */
    private <T> CompletionStage<Decision<OwnerOutcome<T>>> runAsOwner(
            Script script,
            String tenant,
            Claim claim,
            List<byte[]> args,
            Function<List<Object>, T> result,
            Deadline deadline) {
        return run(
                script,
                tenant,
                claim.key(),
                args,
                reply -> reply.getFirst().equals("lost") ? new Lost<>() : new Held<>(result.apply(reply)),
                deadline);
    }

    private <T> CompletionStage<Decision<T>> run(
            Script script,
            String tenant,
            IdempotencyKey key,
            List<byte[]> args,
            Function<List<Object>, T> outcome,
            Deadline deadline) {
        var call = new ScriptCall(script, List.of(key.redisKey(tenant)), args);
        return scripts.run(call, deadline).thenApply(reply -> decision(reply, outcome));
    }

    private static <T> Decision<T> decision(Reply<List<Object>> reply, Function<List<Object>, T> outcome) {
        try {
            return Decision.of(reply.map(outcome));
        } catch (StoredResponse.Unreadable e) {
            LOG.warn("A stored response cannot be read: it is {}", e.getMessage());
            return Decision.of(new Reply.Refused<>("UNREADABLE"));
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] number(long number) {
        return ascii(Long.toString(number));
    }

    private static ClaimOutcome outcome(List<Object> reply) {
        return switch ((String) reply.getFirst()) {
            case "claimed" -> new Claimed(instant(reply.get(1)), instant(reply.get(2)), (Long) reply.get(3));
            case "completed" -> completed(reply);
            case "in-flight" ->
                new InFlight(
                        instant(reply.get(1)),
                        (String) reply.get(3),
                        instant(reply.get(2)),
                        Duration.of((Long) reply.get(4), ChronoUnit.MICROS));
            case "reused" -> new KeyReused();
            case String other -> throw new IllegalStateException("claim.lua replied " + other);
        };
    }

    private static Inspection inspection(List<Object> reply) {
        return switch ((String) reply.getFirst()) {
            case "absent" -> new Inspection.Absent();
            case "in-flight" ->
                new Inspection.InFlight(
                        instant(reply.get(1)),
                        (String) reply.get(3),
                        instant(reply.get(2)),
                        instant(reply.get(4)),
                        (Long) reply.get(5));
            case "completed" -> completed(reply);
            case String other -> throw new IllegalStateException("inspect.lua replied " + other);
        };
    }

    /** Reads a completed claim. A packed reply has one character for each byte of the response. */
    private static Completed completed(List<Object> reply) {
        var stored = ((String) reply.get(4)).getBytes(StandardCharsets.ISO_8859_1);
        return new Completed(
                new StoredResponse(stored).response(),
                new Fingerprint((String) reply.get(3)),
                instant(reply.get(1)),
                instant(reply.get(2)));
    }

    private static Completion completion(List<Object> reply) {
        return new Completion(
                instant(reply.get(1)),
                instant(reply.get(2)),
                new Fingerprint((String) reply.get(3)),
                reply.get(4).equals(1L));
    }

    private static Instant instant(Object micros) {
        return Instant.EPOCH.plus((Long) micros, ChronoUnit.MICROS);
    }
}
