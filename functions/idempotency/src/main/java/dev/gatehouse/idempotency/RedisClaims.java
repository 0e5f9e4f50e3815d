package dev.gatehouse.idempotency;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.idempotency.ClaimExtension.Extended;
import dev.gatehouse.idempotency.ClaimOutcome.Claimed;
import dev.gatehouse.idempotency.ClaimOutcome.Completed;
import dev.gatehouse.idempotency.ClaimOutcome.InFlight;
import dev.gatehouse.idempotency.ClaimOutcome.KeyReused;
import dev.gatehouse.idempotency.Completion.Recorded;
import dev.gatehouse.idempotency.Inspection.Absent;
import dev.gatehouse.idempotency.Release.Released;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps claims on Redis, in one round trip each.
 *
 * <p>Each idempotency key has one Redis key, named by {@link StoredKey}, which holds a packed record.
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
 * {@link Completion.Lost}, unless it preceded the loss.
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
                request.claim().owner().token(),
                request.fingerprint().value(),
                request.claimedBy(),
                Long.toString(request.lease().micros()),
                Long.toString(request.lifetime().micros()));
        return run(CLAIM, tenant, request.claim().key(), args, RedisClaims::outcome, deadline);
    }

    @Override
    public CompletionStage<Decision<Completion>> complete(
            String tenant, Claim claim, Response response, Optional<Lifetime> lifetime, Deadline deadline) {
        var args = new ArrayList<>(bytes(List.of(
                claim.owner().token(),
                Long.toString(lifetime.map(Lifetime::micros).orElse(0L)))));
        args.add(StoredResponse.of(response).bytes());
        return run(call(COMPLETE, tenant, claim.key(), args), RedisClaims::completion, deadline);
    }

    @Override
    public CompletionStage<Decision<Release>> release(String tenant, Claim claim, Deadline deadline) {
        var args = List.of(claim.owner().token());
        return run(RELEASE, tenant, claim.key(), args, RedisClaims::releasing, deadline);
    }

    @Override
    public CompletionStage<Decision<ClaimExtension>> extend(
            String tenant, Claim claim, ClaimLease length, Deadline deadline) {
        var args = List.of(claim.owner().token(), Long.toString(length.micros()));
        return run(EXTEND, tenant, claim.key(), args, RedisClaims::extension, deadline);
    }

    @Override
    public CompletionStage<Decision<Inspection>> inspect(String tenant, IdempotencyKey key, Deadline deadline) {
        return run(INSPECT, tenant, key, List.of(), RedisClaims::inspection, deadline);
    }

    @Override
    public CompletionStage<Decision<Invalidated>> invalidate(String tenant, IdempotencyKey key, Deadline deadline) {
        return run(
                INVALIDATE,
                tenant,
                key,
                List.of(),
                reply -> new Invalidated(reply.getFirst().equals("forgotten")),
                deadline);
    }

    private <T> CompletionStage<Decision<T>> run(
            Script script,
            String tenant,
            IdempotencyKey key,
            List<String> args,
            Function<List<Object>, T> reading,
            Deadline deadline) {
        return run(call(script, tenant, key, bytes(args)), reading, deadline);
    }

    private <T> CompletionStage<Decision<T>> run(
            ScriptCall call, Function<List<Object>, T> reading, Deadline deadline) {
        return scripts.run(call, deadline).thenApply(reply -> answer(reply, reading));
    }

    private static <T> Decision<T> answer(Reply<List<Object>> reply, Function<List<Object>, T> reading) {
        try {
            return Decision.of(reply.map(reading));
        } catch (StoredResponse.Unreadable e) {
            LOG.warn("A stored response cannot be read: it is {}", e.getMessage());
            return Decision.of(new Reply.Refused<>("UNREADABLE"));
        }
    }

    private static ScriptCall call(Script script, String tenant, IdempotencyKey key, List<byte[]> args) {
        return new ScriptCall(script, List.of(StoredKey.of(tenant, key).name()), args);
    }

    private static List<byte[]> bytes(List<String> args) {
        return args.stream().map(arg -> arg.getBytes(StandardCharsets.US_ASCII)).toList();
    }

    private static ClaimOutcome outcome(List<Object> reply) {
        return switch ((String) reply.getFirst()) {
            case "claimed" -> new Claimed(instant(reply.get(1)), instant(reply.get(2)), (Long) reply.get(3));
            case "completed" ->
                new Completed(
                        response(reply.get(4)),
                        new Fingerprint((String) reply.get(3)),
                        instant(reply.get(1)),
                        instant(reply.get(2)));
            case "in-flight" ->
                new InFlight(
                        instant(reply.get(1)),
                        (String) reply.get(3),
                        instant(reply.get(2)),
                        Duration.of((Long) reply.get(4), ChronoUnit.MICROS));
            case "reused" -> new KeyReused();
            case String other -> throw new IllegalStateException("claim.lua said " + other);
        };
    }

    private static Completion completion(List<Object> reply) {
        return switch ((String) reply.getFirst()) {
            case "recorded" ->
                new Recorded(
                        instant(reply.get(1)),
                        instant(reply.get(2)),
                        new Fingerprint((String) reply.get(3)),
                        reply.get(4).equals(1L));
            case "lost" -> new Completion.Lost();
            case String other -> throw new IllegalStateException("complete.lua said " + other);
        };
    }

    private static Release releasing(List<Object> reply) {
        return switch ((String) reply.getFirst()) {
            case "released" -> new Released(true);
            case "absent" -> new Released(false);
            case "lost" -> new Release.Lost();
            case String other -> throw new IllegalStateException("release.lua said " + other);
        };
    }

    private static ClaimExtension extension(List<Object> reply) {
        return switch ((String) reply.getFirst()) {
            case "extended" -> new Extended(instant(reply.get(1)));
            case "lost" -> new ClaimExtension.Lost();
            case String other -> throw new IllegalStateException("extend.lua said " + other);
        };
    }

    private static Inspection inspection(List<Object> reply) {
        return switch ((String) reply.getFirst()) {
            case "absent" -> new Absent();
            case "in-flight" ->
                new Inspection.InFlight(
                        instant(reply.get(1)),
                        (String) reply.get(3),
                        instant(reply.get(2)),
                        instant(reply.get(4)),
                        (Long) reply.get(5));
            case "completed" ->
                new Inspection.Completed(response(reply.get(4)), instant(reply.get(1)), instant(reply.get(2)));
            case String other -> throw new IllegalStateException("inspect.lua said " + other);
        };
    }

    /** Decodes a stored response. A packed reply has one character for each byte. */
    private static Response response(Object stored) {
        return new StoredResponse(((String) stored).getBytes(StandardCharsets.ISO_8859_1)).response();
    }

    private static Instant instant(Object micros) {
        return Instant.EPOCH.plus((Long) micros, ChronoUnit.MICROS);
    }
}
