// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.cache.AnyCacheTrace.Content;
import dev.gatehouse.cache.AnyCacheTrace.Step;
import dev.gatehouse.cache.ExactCache.Load;
import dev.gatehouse.codec.RandomToken;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.RedisOnClock;
import dev.gatehouse.redis.Reply;
import dev.gatehouse.redis.ScriptReply;
import dev.gatehouse.testkit.DeepTries;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;

/**
 * After an invalidation has returned, no value whose load began before it is returned: random interleavings have the
 * outcomes of {@link ExactCache}.
 */
class AnyCacheTraceTest {

    private static final AtomicLong NOW = new AtomicLong();
    private static final RedisOnClock REDIS = RedisOnClock.server(NOW::get);
    private static final RedisOnClock CLUSTER = RedisOnClock.cluster(NOW::get);
    private static final long START = 1_790_000_000_000_000L;

    /** The furthest that the clock gets ahead of its lowest time: shorter than a lease is stored after its end. */
    private static final long LONGEST = 540_000_000;

    @AfterContainer
    static void stop() {
        REDIS.close();
        CLUSTER.close();
    }

    @Property(tries = 3_000)
    @DeepTries(30_000)
    void inMemory(@ForAll("steps") List<Step> steps) {
        var memory = new LocalCache(1_000_000, 1_000, NOW::get);
        play(
                memory,
                // Memory answers at once, so that nothing arrives again.
                (tenant, lookup, _) -> decided(memory.lookup(tenant, lookup, patience())),
                memory::lose,
                steps);
    }

    @Property(tries = 600)
    @DeepTries(6_000)
    void onRedis(@ForAll("steps") List<Step> steps) {
        play(new RedisCache(REDIS.link()), lookups(REDIS.link()), REDIS::delete, steps);
    }

    @Property(tries = 150)
    @DeepTries(1_500)
    void onACluster(@ForAll("steps") List<Step> steps) {
        play(new RedisCache(CLUSTER.link()), lookups(CLUSTER.link()), CLUSTER::delete, steps);
    }

    private static Lookups lookups(RedisLink link) {
        return (tenant, lookup, random) -> {
            var call = RedisCache.lookupCall(tenant, lookup, random);
            var reply = link.run(call, patience()).toCompletableFuture().join();
            return RedisCache.lookupOutcome(((Reply.Answered<ScriptReply>) reply).value());
        };
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        return AnyCacheTrace.steps();
    }

    /** Runs one trace at a time, since they share a clock: jqwik may continue in the background after shrinking. */
    private static synchronized void play(
            CacheStore cache, Lookups lookups, Consumer<String> loseName, List<Step> steps) {
        NOW.set(START);
        var played = new Played(cache, lookups, loseName);
        steps.forEach(played::play);
        for (int key = 0; key < AnyCacheTrace.KEYS.size(); key++) {
            played.play(new Step.Look(key, 0, 0));
        }
    }

    /** Runs a lookup. */
    private interface Lookups {

        /** @param random equal for the attempts of one call */
        LookupOutcome run(String tenant, CacheLookup lookup, String random);
    }

    /** @param losses of the lease of the key before */
    private record LookupCall(CacheLookup lookup, String random, int losses) {}

    private static final class Played {

        private final ExactCache exact = new ExactCache();
        private final String tenant = UUID.randomUUID().toString();
        private final List<Load> loads = new ArrayList<>();

        /** How often the lease of a key was lost. Names of owners are not used again after that. */
        private final Map<CacheKey, Integer> losses = new HashMap<>();

        private final List<LookupCall> calls = new ArrayList<>();
        private final CacheStore cache;
        private final Lookups lookups;
        private final Consumer<String> loseName;
        private int values;
        private int runs;
        private long lowest = START;

        Played(CacheStore cache, Lookups lookups, Consumer<String> loseName) {
            this.cache = cache;
            this.lookups = lookups;
            this.loseName = loseName;
        }

        void play(Step step) {
            long now = NOW.get();
            exact.nextStep(now);
            switch (step) {
                case Step.Look(var key, var owner, var leaseMillis) -> look(key(key), owner, leaseMillis);
                case Step.Fill(var which, var content) -> {
                    if (which < loads.size()) {
                        var load = loads.get(loads.size() - 1 - which);
                        var write = write(load.key(), content);
                        var outcome = decided(cache.fill(tenant, write, load.owner(), patience()));
                        exact.filledIn(load, write, outcome, now);
                    }
                }
                case Step.RepeatLook(var which) -> {
                    if (which < calls.size()) {
                        repeat(calls.get(calls.size() - 1 - which));
                    }
                }
                case Step.Extend(var which, var leaseMillis) -> {
                    if (which < loads.size()) {
                        var load = loads.get(loads.size() - 1 - which);
                        var end = decided(cache.extend(tenant, load.key(), load.owner(), leaseMillis, patience()));
                        exact.extended(load, end, leaseMillis, now);
                    }
                }
                case Step.Release(var which, var holdMillis) -> {
                    if (which < loads.size()) {
                        var load = loads.get(loads.size() - 1 - which);
                        boolean had = decided(cache.release(tenant, load.key(), load.owner(), holdMillis, patience()));
                        exact.released(load, had, holdMillis, now);
                    }
                }
                case Step.Put(var key, var content) -> {
                    var write = write(key(key), content);
                    exact.put(write, decided(cache.put(tenant, write, patience())), now);
                }
                case Step.InvalidateKey(var number, var soft) -> {
                    var key = key(number);
                    invalidate(new Invalidation(key.scope(), List.of(key), Set.of(), false, soft));
                }
                case Step.InvalidateTags(var scope, var tags, var soft) ->
                    invalidate(new Invalidation(AnyCacheTrace.SCOPES.get(scope), List.of(), tags, false, soft));
                case Step.InvalidateScope(var scope, var soft) ->
                    invalidate(new Invalidation(AnyCacheTrace.SCOPES.get(scope), List.of(), Set.of(), true, soft));
                case Step.LoseEntry(var key) -> loseEntry(key(key));
                case Step.LoseLease(var key) -> loseLease(key(key));
                case Step.LoseHead(var scope) ->
                    loseHead(AnyCacheTrace.SCOPES.get(scope).orElseThrow());
                case Step.Clock(var micros) -> {
                    NOW.set(Math.min(now + micros, lowest + LONGEST));
                    lowest = Math.min(lowest, NOW.get());
                }
                case Step.Hours(var hours) -> {
                    // Redis would expire the keys by its own clock.
                    AnyCacheTrace.KEYS.forEach(key -> {
                        loseEntry(key);
                        loseLease(key);
                    });
                    AnyCacheTrace.SCOPES.forEach(scope -> scope.ifPresent(this::loseHead));
                    lowest = now + hours * 3_600_000_000L;
                    NOW.set(lowest);
                }
            }
        }

        private void loseEntry(CacheKey key) {
            loseName.accept(key.entryName(tenant));
            exact.lostEntry(key);
        }

        private void loseLease(CacheKey key) {
            loseName.accept(key.leaseName(tenant));
            exact.lostLease(key);
            losses.merge(key, 1, Integer::sum);
        }

        private void loseHead(String scope) {
            loseName.accept(CacheKey.headName(tenant, scope));
            exact.lostHead(scope);
        }

        private void look(CacheKey key, int owner, long leaseMillis) {
            int lost = losses.getOrDefault(key, 0);
            var lookup = new CacheLookup(key, new LoadOwner("owner-" + owner + "-" + lost), leaseMillis);
            var call = new LookupCall(lookup, RandomToken.next(), lost);
            calls.add(call);
            run(call);
        }

        /** The store no longer rejects the names of owners from before the loss of a lease. */
        private void repeat(LookupCall call) {
            if (call.losses == losses.getOrDefault(call.lookup.key(), 0)) {
                // No two runs of a script are at the same microsecond.
                NOW.addAndGet(++runs);
                run(call);
            }
        }

        private void run(LookupCall call) {
            var outcome = lookups.run(tenant, call.lookup, call.random);
            var load = exact.lookedUp(call.lookup, new LoadOwner(call.random), outcome, NOW.get());
            if (load != null && !loads.contains(load)) {
                loads.add(load);
            }
        }

        private void invalidate(Invalidation invalidation) {
            decided(cache.invalidate(tenant, invalidation, patience()));
            exact.invalidated(invalidation);
        }

        private CacheWrite write(CacheKey key, Content content) {
            var tags = key.scope().isPresent() ? content.tags() : Set.<String>of();
            return new CacheWrite(
                    key, CacheValue.of("value " + values++), content.freshSeconds(), content.staleSeconds(), tags);
        }
    }

    private static CacheKey key(int number) {
        return AnyCacheTrace.KEYS.get(number);
    }

    private static <T> T decided(CompletionStage<Decision<T>> stage) {
        var decision = stage.toCompletableFuture().join();
        assertThat(decision).isInstanceOf(Decided.class);
        return ((Decided<T>) decision).value();
    }

    private static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(20));
    }
}
