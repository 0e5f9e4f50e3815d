// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.cache.CacheStorm.Fault;
import dev.gatehouse.cache.FillOutcome.Filled;
import dev.gatehouse.cache.FillOutcome.LeaseLost;
import dev.gatehouse.cache.FillOutcome.Reason;
import dev.gatehouse.cache.LookupOutcome.Fresh;
import dev.gatehouse.cache.LookupOutcome.LoadState.Held;
import dev.gatehouse.cache.LookupOutcome.LoadState.Idle;
import dev.gatehouse.cache.LookupOutcome.LoadState.Leased;
import dev.gatehouse.cache.LookupOutcome.LoadState.Loading;
import dev.gatehouse.cache.LookupOutcome.Missing;
import dev.gatehouse.cache.LookupOutcome.Stale;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.testkit.ConcurrentTests;
import dev.gatehouse.testkit.DeepTest;
import dev.gatehouse.testkit.Rounds;
import dev.gatehouse.testkit.Threads;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Each operation under each network fault, with and without a scope: a repeated call ends as one call would. */
@DeepTest
@ConcurrentTests
class CacheFaultsTest {

    private static final LoadOwner ADA = new LoadOwner("ada");
    private static final Optional<String> SCOPE = Optional.of("s");
    private static final CacheKey SCOPED = CacheKey.of(SCOPE, "k");
    private static final CacheKey PLAIN = CacheKey.of(Optional.empty(), "k");
    private static final CacheKey LOADING = CacheKey.of(SCOPE, "loading");
    private static final CacheKey PLAIN_LOADING = CacheKey.of(Optional.empty(), "loading");
    private static final List<CacheKey> KEYS = List.of(SCOPED, PLAIN);
    private static final long LEASE = 60_000;

    private static RedisProcess redis;
    private static RedisLink direct;

    private interface Trial {
        void under(CacheStorm storm);
    }

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        direct = RedisLink.to(RedisSettings.of("127.0.0.1", redis.port()));
    }

    @AfterAll
    static void stop() {
        direct.close();
        redis.close();
    }

    private static void underEachFault(Trial trial) throws Exception {
        Threads.each(Fault.ALL, fault -> {
            try (var storm = CacheStorm.brewing(redis, direct, fault)) {
                trial.under(storm);
            }
        });
    }

    @Test
    void underAnyFaultRepeatingTheLookupGrantsTheLeaseToTheCallerAlone() throws Exception {
        underEachFault(storm -> some(storm, KEYS).forEach(key -> {
            storm.strikes();
            if (storm.inTime(() -> look(storm, key)) instanceof Decided<LookupOutcome>(var outcome, var _)) {
                assertThat(outcome.load()).isInstanceOf(Leased.class);
            }
            storm.passes();

            assertThat(owner(storm.untilDecided(() -> look(storm, key)))).isEqualTo(ADA);
            assertThat(storm.observed(key, LEASE).load()).isInstanceOf(Loading.class);
        }));
    }

    @Test
    void underAnyFaultRepeatingALookupOfSeveralKeysGrantsEachLeaseOnce() throws Exception {
        var keys = Stream.of("a", "b", "c").map(key -> CacheKey.of(Optional.empty(), key));
        var all = Stream.concat(keys, Stream.of("a", "b", "c").map(key -> CacheKey.of(SCOPE, key)))
                .toList();
        underEachFault(storm -> {
            var lookups =
                    all.stream().map(key -> new CacheLookup(key, ADA, LEASE)).toList();
            storm.strikes();
            storm.inTime(() -> together(storm, lookups));
            storm.passes();

            for (var outcome : storm.untilDecided(() -> together(storm, lookups))) {
                assertThat(owner(outcome)).isEqualTo(ADA);
            }
            for (var key : all) {
                assertThat(storm.observed(key, LEASE).load()).isInstanceOf(Loading.class);
            }
        });
    }

    @Test
    void underAnyFaultALookupWithoutALeaseChangesNothing() throws Exception {
        underEachFault(storm -> some(storm, KEYS).forEach(key -> {
            storm.untilDecided(() -> storm.put(key));
            var value = storm.observed(key, 0);
            for (var looked : List.of(key, LOADING)) {
                storm.strikes();
                storm.inTime(() -> storm.look(looked, ADA, 0));
                storm.passes();
            }

            assertThat(storm.untilDecided(() -> storm.look(key, ADA, 0))).isEqualTo(value);
            assertThat(storm.untilDecided(() -> storm.look(LOADING, ADA, 0))).isEqualTo(new Missing(new Idle()));
            assertThat(redis.cli("EXISTS", LOADING.leaseName(storm.tenant()))).isEqualTo(0L);
        }));
    }

    @Test
    void underAnyFaultRepeatingTheFillStoresTheValue() throws Exception {
        underEachFault(storm -> some(storm, KEYS).forEach(key -> {
            storm.untilDecided(() -> look(storm, key));
            storm.strikes();
            if (storm.inTime(() -> storm.fill(key, ADA)) instanceof Decided<FillOutcome>(var outcome, var _)) {
                assertThat(outcome).isInstanceOf(Filled.class);
            }
            storm.passes();

            var filled = storm.untilDecided(() -> storm.fill(key, ADA));
            assertThat(filled).isInstanceOf(Filled.class);
            assertThat(storm.observed(key, 0)).isInstanceOfSatisfying(Fresh.class, fresh -> {
                assertThat(fresh.entry().value())
                        .isEqualTo(CacheStorm.write(key).value());
                assertThat(fresh.entry().freshUntil()).isEqualTo(((Filled) filled).freshUntil());
            });
        }));
    }

    @Test
    void underAnyFaultRepeatingTheExtensionExtendsTheLease() throws Exception {
        underEachFault(storm -> some(storm, KEYS).forEach(key -> {
            storm.untilDecided(() -> look(storm, key));
            storm.strikes();
            storm.inTime(() -> storm.extend(key, 600_000));
            storm.passes();

            var end = storm.untilDecided(() -> storm.extend(key, 600_000)).orElseThrow();
            assertThat(storm.observed(key, LEASE).load()).isInstanceOfSatisfying(Loading.class, loading -> {
                assertThat(loading.expiresAt()).isEqualTo(end);
                assertThat(loading.retryAfter()).isBetween(Duration.ofMinutes(5), Duration.ofMinutes(10));
            });
            assertThat(storm.untilDecided(() -> storm.fill(key, ADA))).isInstanceOf(Filled.class);
        }));
    }

    @Test
    void underAnyFaultRepeatingTheReleaseFreesTheLease() throws Exception {
        underEachFault(storm -> some(storm, KEYS).forEach(key -> {
            storm.untilDecided(() -> look(storm, key));
            storm.strikes();
            storm.inTime(() -> storm.release(key, 0));
            storm.passes();

            assertThat(storm.untilDecided(() -> storm.release(key, 0))).isTrue();
            assertThat(storm.observed(key, LEASE).load()).isInstanceOf(Leased.class);
        }));
    }

    @Test
    void underAnyFaultRepeatingAReleaseWithAHoldHoldsOnce() throws Exception {
        underEachFault(storm -> some(storm, KEYS).forEach(key -> {
            storm.untilDecided(() -> look(storm, key));
            storm.strikes();
            storm.inTime(() -> storm.release(key, 600_000));
            storm.passes();

            assertThat(storm.untilDecided(() -> storm.release(key, 600_000))).isTrue();
            var end = heldUntil(storm, key);
            assertThat(storm.untilDecided(() -> storm.release(key, 600_000))).isTrue();
            assertThat(heldUntil(storm, key)).isEqualTo(end);
            assertThat(storm.untilDecided(() -> storm.fill(key, ADA))).isEqualTo(new LeaseLost(Reason.ENDED));
        }));
    }

    private static Instant heldUntil(CacheStorm storm, CacheKey key) {
        var held = (Held) storm.observed(key, LEASE).load();
        assertThat(held.retryAfter()).isBetween(Duration.ofMinutes(5), Duration.ofMinutes(10));
        return held.expiresAt();
    }

    @Test
    void underAnyFaultRepeatingThePutStoresTheValueAndVoidsTheLoad() throws Exception {
        underEachFault(storm -> some(storm, KEYS).forEach(key -> {
            storm.untilDecided(() -> look(storm, key));
            storm.strikes();
            storm.inTime(() -> storm.put(key));
            storm.passes();

            var filled = storm.untilDecided(() -> storm.put(key));
            assertThat(storm.observed(key, 0)).isInstanceOfSatisfying(Fresh.class, fresh -> assertThat(
                            fresh.entry().freshUntil())
                    .isEqualTo(filled.freshUntil()));
            assertThat(storm.untilDecided(() -> storm.fill(key, ADA))).isEqualTo(new LeaseLost(Reason.INVALIDATED));
        }));
    }

    @Test
    void underAnyFaultAnAcknowledgedInvalidationEndsValuesAndLoads() throws Exception {
        invalidate(false, Missing.class);
    }

    @Test
    void underAnyFaultAnAcknowledgedSoftInvalidationMakesValuesStaleAndEndsLoads() throws Exception {
        invalidate(true, Stale.class);
    }

    private static void invalidate(boolean soft, Class<? extends LookupOutcome> expected) throws Exception {
        underEachFault(storm -> invalidations(storm, soft).forEach(invalidation -> {
            var key = invalidation.scope().isPresent() ? SCOPED : PLAIN;
            var loading = invalidation.scope().isPresent() ? LOADING : PLAIN_LOADING;
            storm.untilDecided(() -> storm.put(key));
            var owner = owner(storm.untilDecided(() -> storm.look(loading, LoadOwner.random(), LEASE)));
            storm.strikes();
            if (storm.inTime(() -> storm.invalidate(invalidation)) instanceof Decided) {
                assertEnded(storm, key, expected, loading, owner);
            }
            storm.passes();

            assertThat(storm.untilDecided(() -> storm.invalidate(invalidation))).isTrue();
            assertEnded(storm, key, expected, loading, owner);
        }));
    }

    private static List<Invalidation> invalidations(CacheStorm storm, boolean soft) {
        return some(
                storm,
                List.of(
                        new Invalidation(SCOPE, List.of(SCOPED, LOADING), Set.of(), false, soft),
                        new Invalidation(Optional.empty(), List.of(PLAIN, PLAIN_LOADING), Set.of(), false, soft),
                        new Invalidation(SCOPE, List.of(), Set.of("t"), false, soft),
                        new Invalidation(SCOPE, List.of(SCOPED, LOADING), Set.of("t"), false, soft),
                        new Invalidation(SCOPE, List.of(), Set.of(), true, soft)));
    }

    /** Returns all in the deep suite, and otherwise one, another for the next fault. */
    private static <T> List<T> some(CacheStorm storm, List<T> all) {
        int first = List.of(Fault.ALL).indexOf(storm.fault());
        return IntStream.range(first, first + Rounds.of(1, all.size()))
                .mapToObj(i -> all.get(i % all.size()))
                .toList();
    }

    private static void assertEnded(
            CacheStorm storm,
            CacheKey key,
            Class<? extends LookupOutcome> expected,
            CacheKey loading,
            LoadOwner owner) {
        assertThat(storm.observed(key, 0)).isInstanceOf(expected);
        assertThat(storm.observedFill(loading, owner)).isEqualTo(new LeaseLost(Reason.INVALIDATED));
    }

    /** Redis may execute a call that its caller has given up, when the network delivers it. */
    @Test
    void aFillThatArrivesAfterAnAcknowledgedInvalidationStoresNothing() throws Exception {
        underEachFault(storm -> invalidations(storm, false).forEach(invalidation -> {
            var key = invalidation.scope().isPresent() ? LOADING : PLAIN_LOADING;
            var owner = owner(storm.untilDecided(() -> storm.look(key, LoadOwner.random(), LEASE)));
            storm.strikes();
            storm.inTime(() -> storm.fill(key, owner));
            storm.observedInvalidation(invalidation);
            storm.passes();

            assertThat(storm.untilDecided(() -> storm.fill(key, owner))).isEqualTo(new LeaseLost(Reason.INVALIDATED));
            assertThat(storm.observed(key, 0)).isInstanceOf(Missing.class);
        }));
    }

    private static CompletionStage<Decision<LookupOutcome>> look(CacheStorm storm, CacheKey key) {
        return storm.look(key, ADA, LEASE);
    }

    /** Returns the outcomes if all are decided. */
    private static CompletionStage<Decision<List<LookupOutcome>>> together(
            CacheStorm storm, List<CacheLookup> lookups) {
        return storm.lookAll(lookups).stream()
                .map(stage -> stage.thenApply(decision -> decision.map(List::of)))
                .reduce((one, other) -> one.thenCombine(other, CacheFaultsTest::joined))
                .orElseThrow();
    }

    private static Decision<List<LookupOutcome>> joined(
            Decision<List<LookupOutcome>> one, Decision<List<LookupOutcome>> other) {
        return one instanceof Decided<List<LookupOutcome>>(var first, var _)
                ? other.map(
                        second -> Stream.concat(first.stream(), second.stream()).toList())
                : one;
    }

    private static LoadOwner owner(LookupOutcome outcome) {
        assertThat(outcome.load()).isInstanceOf(Leased.class);
        return ((Leased) outcome.load()).owner();
    }
}
