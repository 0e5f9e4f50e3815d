// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.cache.LookupOutcome.Fresh;
import dev.gatehouse.cache.LookupOutcome.LoadState.Leased;
import dev.gatehouse.cache.LookupOutcome.Missing;
import dev.gatehouse.cache.LookupOutcome.Stale;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.LinkProbe;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.testkit.DeepTest;
import dev.gatehouse.testkit.Rounds;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A scope of a million entries, stored by the scripts themselves. Times and memory are those that Redis reports. */
@DeepTest
class LargeScopeTest {

    private static final int ENTRIES = Rounds.of(10_000, 1_000_000);
    /** Redis doubles its table at 2<sup>20</sup> keys, which would be counted as memory of the leases. */
    private static final int LEASES = Rounds.of(10_000, 40_000);

    private static final int PENDING = 1_000;
    private static final int VALUE_BYTES = 16;

    private static final String TENANT = "tenant";
    private static final Optional<String> SCOPE = Optional.of("products");
    private static final LoadOwner ADA = new LoadOwner("ada");

    private static RedisProcess redis;
    private static RedisLink link;
    private static CacheStore cache;
    private static double bytesOfEntry;
    private static double bytesOfLease;

    @BeforeAll
    static void fillTheScope() throws Exception {
        redis = RedisProcess.start();
        link = RedisLink.to(LinkProbe.patientSettings(redis.url()));
        cache = new RedisCache(link);
        all(PENDING, i -> cache.lookup(TENANT, new CacheLookup(key("warm-up", i), ADA, 0), patience()));
        long empty = usedMemory();
        all(LEASES, i -> cache.lookup(TENANT, new CacheLookup(key("load", i), ADA, 600_000), patience()));
        long leased = usedMemory();
        all(ENTRIES, i -> cache.put(TENANT, write(key("entry", i), Set.of()), patience()));
        bytesOfLease = (double) (leased - empty) / LEASES;
        bytesOfEntry = (double) (usedMemory() - leased) / ENTRIES - VALUE_BYTES;
    }

    @AfterAll
    static void stop() {
        link.close();
        redis.close();
    }

    @Test
    void anEntryAndALeaseTakeAbout250BytesEach() {
        // A table with few keys has more empty places.
        double most = Rounds.of(320, 270);
        assertThat(bytesOfEntry).isBetween(150.0, most);
        assertThat(bytesOfLease).isBetween(150.0, most);
    }

    @Test
    void eachKeyHasAnExpiry() {
        assertThat(redis.info("keyspace", "db0")).matches("keys=(\\d{5,}),expires=\\1,.*");
    }

    /** Each kind repeatedly, because the machine may stall a script. The keys are in Redis all the time. */
    @Test
    void oneScriptBelowAMillisecondInvalidatesAllEntries() {
        var load = key("load", 0);
        var tagged = key("tagged", 0);
        assertThat(sample()).hasOnlyElementsOfType(Fresh.class);

        assertBelowAMillisecond(new Invalidation(SCOPE, List.of(), Set.of(), true, true));
        assertThat(sample()).hasOnlyElementsOfType(Stale.class);

        decided(cache.put(TENANT, write(tagged, Set.of("t")), patience()));
        assertBelowAMillisecond(new Invalidation(SCOPE, List.of(), Set.of("t"), false, false));
        assertThat(look(tagged, 0)).isInstanceOf(Missing.class);
        assertThat(look(key("entry", 0), 0)).isInstanceOf(Stale.class);
        for (int i = 0; i < 20; i++) {
            invalidate(new Invalidation(SCOPE, List.of(), tags(i), false, false));
        }

        assertBelowAMillisecond(new Invalidation(SCOPE, List.of(), Set.of(), true, false));
        assertThat(look(key("other", 0), 1_000).load()).isInstanceOf(Leased.class);
        assertThat(sample()).hasOnlyElementsOfType(Missing.class);
        assertThat(decided(cache.fill(TENANT, write(load, Set.of()), ADA, patience())))
                .isEqualTo(new FillOutcome.LeaseLost(FillOutcome.Reason.INVALIDATED));
    }

    private static void assertBelowAMillisecond(Invalidation invalidation) {
        var micros = new ArrayList<Long>();
        for (int i = 0; i < 5; i++) {
            redis.cli("CONFIG", "RESETSTAT");
            invalidate(invalidation);
            assertThat(redis.calls("evalsha")).isEqualTo(1);
            micros.add(
                    Long.parseLong(redis.info("commandstats", "cmdstat_evalsha").replaceAll(".*usec=(\\d+),.*", "$1")));
            // An invalidated scope has no head.
            decided(cache.put(TENANT, write(key("head", i), Set.of()), patience()));
        }
        assertThat(micros.stream().sorted().toList().get(2)).as("%s", micros).isLessThan(1_000);
    }

    private static List<LookupOutcome> sample() {
        return IntStream.range(0, 200)
                .mapToObj(i -> look(key("entry", i * (ENTRIES / 200)), 0))
                .toList();
    }

    private static LookupOutcome look(CacheKey key, long leaseMillis) {
        return decided(cache.lookup(TENANT, new CacheLookup(key, LoadOwner.random(), leaseMillis), patience()));
    }

    private static void invalidate(Invalidation invalidation) {
        assertThat(decided(cache.invalidate(TENANT, invalidation, patience()))).isTrue();
    }

    private static Set<String> tags(int group) {
        return Set.of(IntStream.range(0, Invalidation.MAX_KEYS)
                .mapToObj(i -> "tag-" + group + "-" + i)
                .toArray(String[]::new));
    }

    private static CacheKey key(String name, int number) {
        return CacheKey.of(SCOPE, name + "-" + number);
    }

    private static CacheWrite write(CacheKey key, Set<String> tags) {
        return new CacheWrite(key, CacheValue.of(key.digest().substring(0, VALUE_BYTES)), 3_600, 3_600, tags);
    }

    /** Runs so many operations, a number of them at a time. */
    private static <T> void all(int count, IntFunction<CompletionStage<Decision<T>>> operation) throws Exception {
        var pending = new Semaphore(PENDING);
        var undecided = new AtomicInteger();
        for (int i = 0; i < count; i++) {
            pending.acquire();
            var _ = operation.apply(i).whenComplete((decision, failure) -> {
                if (failure != null || !(decision instanceof Decided)) {
                    undecided.incrementAndGet();
                }
                pending.release();
            });
        }
        pending.acquire(PENDING);
        assertThat(undecided).hasValue(0);
    }

    private static long usedMemory() {
        return Long.parseLong(redis.info("memory", "used_memory"));
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
