// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache;

import dev.gatehouse.cache.FillOutcome.Filled;
import dev.gatehouse.cache.FillOutcome.LeaseLost;
import dev.gatehouse.cache.FillOutcome.Reason;
import dev.gatehouse.cache.LookupOutcome.Fresh;
import dev.gatehouse.cache.LookupOutcome.LoadState;
import dev.gatehouse.cache.LookupOutcome.Missing;
import dev.gatehouse.cache.LookupOutcome.Stale;
import dev.gatehouse.codec.RandomToken;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.RetryableScripts;
import dev.gatehouse.redis.Script;
import dev.gatehouse.redis.ScriptCall;
import dev.gatehouse.redis.ScriptReply;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;

/**
 * Keeps values on Redis, in one round trip each.
 *
 * <p>A key without a scope has two Redis keys in a slot of its own, named by {@link CacheKey}: the entry and its lease. All
 * keys of a scope share a slot and one more Redis key, the head of the scope.
 *
 * <table>
 * <caption>The commands of each operation; those on the head only with a scope</caption>
 * <tr><td>lookup</td><td>{@code EVALSHA lookup.lua}: {@code TIME}; {@code GET} entry; {@code HMGET} head; if a load is due
 * {@code GET} lease; leased, {@code SET … PX} lease, {@code HSET}, {@code PEXPIRE} head</td></tr>
 * <tr><td>fill</td><td>{@code EVALSHA fill.lua}: {@code TIME}; {@code HMGET} head; {@code GET} lease; filled, {@code SET …
 * PX} entry and lease, {@code PEXPIRE} head</td></tr>
 * <tr><td>extend, release</td><td>{@code EVALSHA extend.lua} or {@code release.lua}: {@code TIME}; {@code HMGET} head;
 * {@code GET}, {@code SET … PX} lease</td></tr>
 * <tr><td>put</td><td>{@code EVALSHA put.lua}: as fill</td></tr>
 * <tr><td>invalidate</td><td>for each key {@code EVALSHA invalidate.lua}: as release; {@code DEL} entry, or soft
 * {@code GET}, {@code SET … PX}; for tags and scope {@code EVALSHA mark.lua}: {@code DEL} head, or {@code HINCRBY},
 * {@code HSET} for each mark</td></tr>
 * </table>
 *
 * <p>Several keys go out in one flush. A call without a reply is repeated within the deadline, except a put: its repetition
 * could overwrite a later value.
 *
 * <p><b>Redis can lose data.</b> Lost keys make values missing and end loads. A failover to a replica can lose an
 * invalidation that the replica has not received, and return the value again.
 *
 * <p>An entry or lease that Gatehouse did not write counts as missing. So does a value in an unreadable form, which costs two
 * more round trips. If the Redis key has another type, the decision is unavailable.
 */
public final class RedisCache implements CacheStore {

    private static final Script LOOKUP = script("lookup");
    private static final Script FILL = script("fill");
    private static final Script EXTEND = script("extend");
    private static final Script RELEASE = script("release");
    private static final Script PUT = script("put");
    private static final Script INVALIDATE = script("invalidate");
    private static final Script MARK = script("mark");

    private final RedisLink link;
    private final RetryableScripts scripts;

    public RedisCache(RedisLink link) {
        this.link = link;
        this.scripts = new RetryableScripts(link);
    }

    private static Script script(String name) {
        return Script.beside(RedisCache.class, name).replyingPacked();
    }

    @Override
    public List<CompletionStage<Decision<LookupOutcome>>> lookup(
            String tenant, List<CacheLookup> lookups, Deadline deadline) {
        var calls = lookups.stream()
                .map(lookup -> lookupCall(tenant, lookup, RandomToken.next()))
                .toList();
        var replies = scripts.runAll(calls, deadline);
        return IntStream.range(0, lookups.size())
                .mapToObj(i -> replies.get(i)
                        .thenCompose(reply -> replaceUnreadable(
                                tenant, lookups.get(i), Decision.of(reply.map(RedisCache::lookupOutcome)), deadline)))
                .toList();
    }

    /** Returns the call of a lookup, which may be repeated. */
    static ScriptCall lookupCall(String tenant, CacheLookup lookup, String random) {
        return call(LOOKUP, tenant, lookup.key())
                .text(lookup.owner().token())
                .number(lookup.leaseMillis() * 1000)
                .text(random);
    }

    /** Returns the decision. If the value is unreadable, removes it and looks up again. */
    private CompletionStage<Decision<LookupOutcome>> replaceUnreadable(
            String tenant, CacheLookup lookup, Decision<LookupOutcome> decision, Deadline deadline) {
        // The script grants a lease of a missing value, unless another has it.
        boolean isUnreadable = lookup.leaseMillis() > 0
                && decision instanceof Decided<LookupOutcome>(Missing(LoadState.Idle _), var _);
        if (!isUnreadable) {
            return CompletableFuture.completedFuture(decision);
        }
        return invalidate(tenant, Invalidation.of(lookup.key()), deadline)
                .thenCompose(_ -> scripts.run(lookupCall(tenant, lookup, RandomToken.next()), deadline))
                .thenApply(reply -> Decision.of(reply.map(RedisCache::lookupOutcome)));
    }

    @Override
    public CompletionStage<Decision<FillOutcome>> fill(
            String tenant, CacheWrite value, LoadOwner owner, Deadline deadline) {
        return scripts.run(write(FILL, tenant, owner.token(), value), deadline)
                .thenApply(reply -> Decision.of(reply.map(RedisCache::fillOutcome)));
    }

    @Override
    public CompletionStage<Decision<Optional<Instant>>> extend(
            String tenant, CacheKey key, LoadOwner owner, long leaseMillis, Deadline deadline) {
        CacheLookup.requireExtension(leaseMillis);
        var call = call(EXTEND, tenant, key).text(owner.token()).number(leaseMillis * 1000);
        return scripts.run(call, deadline)
                .thenApply(reply -> Decision.of(reply.map(
                        values -> values.has(0, "extended") ? Optional.of(values.instant(1)) : Optional.empty())));
    }

    @Override
    public CompletionStage<Decision<Boolean>> release(
            String tenant, CacheKey key, LoadOwner owner, long holdMillis, Deadline deadline) {
        CacheLookup.requireHold(holdMillis);
        var call = call(RELEASE, tenant, key).text(owner.token()).number(holdMillis * 1000);
        return scripts.run(call, deadline)
                .thenApply(reply -> Decision.of(reply.map(values -> values.has(0, "released"))));
    }

    @Override
    public CompletionStage<Decision<Filled>> put(String tenant, CacheWrite value, Deadline deadline) {
        return link.run(write(PUT, tenant, RandomToken.next(), value), deadline)
                .thenApply(reply -> Decision.of(reply.map(RedisCache::filled)));
    }

    @Override
    public CompletionStage<Decision<Boolean>> invalidate(String tenant, Invalidation invalidation, Deadline deadline) {
        var calls = new ArrayList<ScriptCall>();
        for (var key : invalidation.keys()) {
            calls.add(call(INVALIDATE, tenant, key).flag(invalidation.soft()));
        }
        if (invalidation.marksScope()) {
            var head = CacheKey.headName(tenant, invalidation.scope().orElseThrow());
            var call = ScriptCall.of(MARK).key(head).flag(invalidation.soft()).flag(invalidation.all());
            calls.add(addTags(invalidation.tags(), call));
        }
        return scripts.runAll(calls, deadline).stream()
                .map(stage -> stage.thenApply(reply -> Decision.of(reply.map(_ -> true))))
                .reduce((one, other) -> one.thenCombine(other, RedisCache::firstUnavailable))
                .orElseThrow();
    }

    private static <T> Decision<T> firstUnavailable(Decision<T> one, Decision<T> other) {
        return one instanceof Decided ? other : one;
    }

    private static ScriptCall call(Script script, String tenant, CacheKey key) {
        var call = ScriptCall.of(script).key(key.entryName(tenant)).key(key.leaseName(tenant));
        key.scope().ifPresent(scope -> call.key(CacheKey.headName(tenant, scope)));
        return call;
    }

    /** Returns the call of a script that stores a value. */
    private static ScriptCall write(Script script, String tenant, String token, CacheWrite value) {
        var call = call(script, tenant, value.key())
                .text(token)
                .number(value.freshMicros())
                .number(value.lifeMicros())
                .bytes(value.value().stored());
        return addTags(value.tags(), call);
    }

    private static ScriptCall addTags(Set<String> tags, ScriptCall call) {
        tags.forEach(tag -> call.text(HashTag.of(tag)));
        return call;
    }

    /** Maps {@code word, load, owner, end, time left, fresh until, expiry, value}. */
    static LookupOutcome lookupOutcome(ScriptReply reply) {
        var load = loadState(reply);
        if (reply.has(0, "missing")) {
            return new Missing(load);
        }
        return CacheValue.ofStored(reply.bytes(7))
                .map(value -> new CacheEntry(value, reply.instant(5), reply.instant(6)))
                .<LookupOutcome>map(entry -> reply.has(0, "fresh") ? new Fresh(entry, load) : new Stale(entry, load))
                .orElseGet(() -> new Missing(load));
    }

    private static LoadState loadState(ScriptReply reply) {
        return switch (reply.text(1)) {
            case "leased" -> new LoadState.Leased(new LoadOwner(reply.text(2)), reply.instant(3));
            case "loading" -> new LoadState.Loading(reply.instant(3), reply.micros(4));
            case "held" -> new LoadState.Held(reply.instant(3), reply.micros(4));
            case "idle" -> new LoadState.Idle();
            default -> throw reply.unexpected();
        };
    }

    private static FillOutcome fillOutcome(ScriptReply reply) {
        return switch (reply.word()) {
            case "filled" -> filled(reply);
            case "taken" -> new LeaseLost(Reason.TAKEN);
            case "invalidated" -> new LeaseLost(Reason.INVALIDATED);
            case "ended" -> new LeaseLost(Reason.ENDED);
            default -> throw reply.unexpected();
        };
    }

    private static Filled filled(ScriptReply reply) {
        return new Filled(reply.instant(1), reply.instant(2));
    }
}
