// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache;

import static org.assertj.core.api.Assertions.assertThat;

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
import dev.gatehouse.testkit.Rounds;
import dev.gatehouse.testkit.Threads;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The contract of {@link CacheStore}, for each store. */
abstract class CacheContract extends CacheCalls {

    @Test
    void oneOfAllCallersGetsTheLeaseOfAMissingValue() {
        assertThat(look("a", ADA)).isEqualTo(new Missing(new Leased(ADA, in(10))));
        pass(SECOND);

        assertThat(look("a", GRACE)).isEqualTo(new Missing(new Loading(in(9), Duration.ofSeconds(9))));
        assertThat(look("b", GRACE)).isEqualTo(new Missing(new Leased(GRACE, in(10))));
    }

    @Test
    void aRepeatedLookupRenewsTheLease() {
        look("a", ADA);
        pass(4 * SECOND);

        assertThat(look("a", ADA)).isEqualTo(new Missing(new Leased(ADA, in(10))));
        assertThat(look(key("a"), ADA, 1_000)).as("never shortened").isEqualTo(new Missing(new Leased(ADA, in(10))));
    }

    @Test
    void aLeaseHoldsNobodyOffAfterTheClockSteppedBackByMoreThanItsLength() {
        look("a", ADA);
        pass(-10 * SECOND);
        assertThat(look("a", GRACE)).isEqualTo(new Missing(new Loading(in(20), Duration.ofSeconds(20))));
        pass(-1);

        assertThat(look("a", GRACE)).isEqualTo(new Missing(new Leased(GRACE, in(10))));
        assertThat(fill("a", ADA, "answer", 60, 30)).isEqualTo(new LeaseLost(Reason.TAKEN));
    }

    @Test
    void theOwnerExtendsItsLease() {
        look("a", ADA);
        pass(4 * SECOND);

        assertThat(extend(key("a"), ADA, 10_000)).contains(in(10));
        assertThat(extend(key("a"), ADA, 1_000)).as("never shortened").contains(in(10));
        pass(9 * SECOND);
        assertThat(look("a", GRACE)).isEqualTo(new Missing(new Loading(in(1), Duration.ofSeconds(1))));
        pass(5 * SECOND);
        assertThat(extend(key("a"), ADA, 10_000))
                .as("after its end, if nobody took it")
                .contains(in(10));
        assertThat(look("a", GRACE).load()).isInstanceOf(Loading.class);
        assertThat(fill("a", ADA, "answer", 600, 0)).isInstanceOf(Filled.class);
        pass((600 - 36) * SECOND);
        assertThat(look("a", GRACE).load()).as("the load took 18 s").isEqualTo(new Idle());
        pass(1);
        assertThat(look("a", GRACE).load()).isInstanceOf(Leased.class);
    }

    @Test
    void aLostLeaseIsNotExtended() {
        assertThat(extend(key("never-granted"), ADA, 10_000)).isEmpty();
        var all = new Invalidation(SCOPE, List.of(), Set.of(), true, false);
        var soft = new Invalidation(SCOPE, List.of(), Set.of(), true, true);
        List<Consumer<LoadOwner>> losses = List.of(
                owner -> fill(scoped("a"), owner, "v", Set.of()),
                owner -> decided(cache().release(tenant(), scoped("a"), owner, 0, patience())),
                _ -> put(scoped("a"), "v", Set.of()),
                _ -> invalidate(Invalidation.of(scoped("a"))),
                _ -> invalidate(all),
                _ -> invalidate(soft),
                _ -> {
                    pass(10 * SECOND);
                    look(scoped("a"), JOAN, 10_000);
                });
        for (var loss : losses) {
            invalidate(all);
            var lookup = new CacheLookup(scoped("a"), LoadOwner.random(), 10_000);
            var lease = (Leased)
                    decided(cache().lookup(tenant(), lookup, patience())).load();
            assertThat(extend(scoped("a"), GRACE, 10_000)).isEmpty();
            assertThat(extend(scoped("a"), lease.owner(), 10_000)).isPresent();
            loss.accept(lease.owner());

            assertThat(extend(scoped("a"), lease.owner(), 10_000)).isEmpty();
        }
    }

    @Test
    void aValueThatASoftInvalidationWouldVoidFreesItsLeaseAtTheExtension() {
        look(scoped("a"), ADA, 10_000);
        invalidate(new Invalidation(SCOPE, List.of(), Set.of(), true, true));
        assertThat(look(scoped("a"), GRACE, 10_000).load()).isInstanceOf(Loading.class);

        assertThat(extend(scoped("a"), ADA, 10_000)).isEmpty();
        assertThat(look(scoped("a"), GRACE, 10_000)).isEqualTo(new Missing(new Leased(GRACE, in(10))));
        assertThat(fill(scoped("a"), ADA, "v", Set.of())).isEqualTo(new LeaseLost(Reason.INVALIDATED));
    }

    @Test
    void anExtendedLeaseOfADeadLoaderOutlastsAStepOfTheClockByOneLengthAtMost() {
        look("a", ADA);
        IntStream.range(0, 60).forEach(_ -> {
            pass(5 * SECOND);
            extend(key("a"), ADA, 10_000);
        });
        pass(-11 * SECOND);
        assertThat(look("a", GRACE).load()).as("dead").isInstanceOf(Leased.class);

        look("b", ADA);
        pass(-3600 * SECOND);
        assertThat(extend(key("b"), ADA, 10_000)).as("alive").contains(in(10));
        pass(10 * SECOND - 1);
        assertThat(look("b", GRACE).load()).isInstanceOf(Loading.class);
        pass(1);
        assertThat(look("b", GRACE).load()).isInstanceOf(Leased.class);
    }

    @Test
    void aFilledValueIsFreshThenStaleThenMissing() {
        look("a", ADA);
        assertThat(fill("a", ADA, "answer", 60, 30)).isEqualTo(new Filled(in(60), in(90)));
        var entry = new CacheEntry(CacheValue.of("answer"), in(60), in(90));

        assertThat(look("a", GRACE)).isEqualTo(new Fresh(entry, new Idle()));
        pass(60 * SECOND - 1);
        assertThat(look("a", GRACE)).isEqualTo(new Fresh(entry, new Idle()));
        pass(1);
        assertThat(look("a", GRACE)).isEqualTo(new Stale(entry, new Leased(GRACE, in(10))));
        assertThat(look("a", JOAN)).isEqualTo(new Stale(entry, new Loading(in(10), Duration.ofSeconds(10))));
        pass(30 * SECOND - 1);
        assertThat(look("a", JOAN)).isEqualTo(new Stale(entry, new Leased(JOAN, in(10))));
        pass(1);
        assertThat(look("a", JOAN)).isInstanceOf(Missing.class);
    }

    @Test
    void aRefillHasAFullLifetimeOfItsOwn() {
        look("a", ADA);
        fill("a", ADA, "old", 60, 30);
        pass(70 * SECOND);
        look("a", GRACE);

        assertThat(fill("a", GRACE, "new", 60, 30)).isEqualTo(new Filled(in(60), in(90)));
        assertThat(look("a", JOAN))
                .isEqualTo(new Fresh(new CacheEntry(CacheValue.of("new"), in(60), in(90)), new Idle()));
    }

    @Test
    void aFreshValueIsRefreshedAheadByOneCaller() {
        look("a", ADA);
        pass(4 * SECOND);
        fill("a", ADA, "answer", 60, 0);
        pass(52 * SECOND);
        assertThat(look("a", GRACE).load()).as("exactly time for two loads").isEqualTo(new Idle());
        pass(1);

        assertThat(look("a", GRACE))
                .isInstanceOf(Fresh.class)
                .extracting(LookupOutcome::load)
                .isEqualTo(new Leased(GRACE, in(10)));
        assertThat(look("a", JOAN))
                .isInstanceOf(Fresh.class)
                .extracting(LookupOutcome::load)
                .isEqualTo(new Idle());
    }

    @Test
    void aDelayedFillOfAReleasedLoadStoresNothing() {
        look("a", ADA);
        release("a", ADA, 0);
        invalidate(Invalidation.of(key("a")));

        assertThat(look("a", ADA).load()).isInstanceOfSatisfying(Leased.class, next -> assertThat(next.owner())
                .isNotEqualTo(ADA));
        assertThat(fill("a", ADA, "old", 60, 0)).isInstanceOf(LeaseLost.class);
        assertThat(look(key("a"), GRACE, 0)).isInstanceOf(Missing.class);
    }

    @Test
    void aSoftInvalidationHoldsForAnExpiredValueIfTheClockStepsBack() {
        look("a", ADA);
        fill("a", ADA, "old", 60, 0);
        pass(60 * SECOND);
        invalidate(new Invalidation(Optional.empty(), List.of(key("a")), Set.of(), false, true));
        pass(-SECOND);

        assertThat(look(key("a"), GRACE, 0)).isInstanceOf(Missing.class);
    }

    @Test
    void valuesAreReturnedByteForByte() {
        var all = new byte[CacheValue.MAX_BYTES];
        IntStream.range(0, all.length).forEach(i -> all[i] = (byte) (i * 31 >> 3));
        var values = List.of(new byte[0], new byte[] {0, -1, 13, 10}, all, new byte[CacheValue.MAX_BYTES]);
        for (int i = 0; i < values.size(); i++) {
            var value = CacheValue.of(values.get(i));
            decided(cache().put(tenant(), new CacheWrite(key("v" + i), value, 60, 0, Set.of()), patience()));
            assertThat(((Fresh) look("v" + i, ADA)).entry().value()).isEqualTo(value);
        }
    }

    @Test
    void aLeaseThatEndedStillFillsUnlessAnotherTookIt() {
        look("a", ADA);
        look("b", ADA);
        pass(10 * SECOND);
        assertThat(look("b", GRACE)).isEqualTo(new Missing(new Leased(GRACE, in(10))));

        assertThat(fill("a", ADA, "late", 60, 0)).isEqualTo(new Filled(in(60), in(60)));
        assertThat(fill("b", ADA, "late", 60, 0)).isEqualTo(new LeaseLost(Reason.TAKEN));
        assertThat(fill("b", GRACE, "right", 60, 0)).isInstanceOf(Filled.class);
        assertThat(fill("b", ADA, "late", 60, 0)).isEqualTo(new LeaseLost(Reason.TAKEN));
        assertThat(((Fresh) look("b", JOAN)).entry().value().text()).isEqualTo("right");
    }

    @Test
    void aFillCanBeRepeatedAndStoresOnce() {
        look("a", ADA);
        var filled = fill("a", ADA, "answer", 60, 30);
        pass(SECOND);

        assertThat(fill("a", ADA, "other", 80, 0)).isEqualTo(filled);
        assertThat(((Fresh) look("a", GRACE)).entry().value().text()).isEqualTo("answer");
    }

    @Test
    void withoutALeaseNothingIsFilled() {
        assertThat(fill("a", ADA, "answer", 60, 0)).isEqualTo(new LeaseLost(Reason.ENDED));
        look("a", GRACE);
        assertThat(fill("a", ADA, "answer", 60, 0)).isEqualTo(new LeaseLost(Reason.TAKEN));
        assertThat(look(key("a"), ADA, 0)).isInstanceOf(Missing.class);
    }

    @Test
    void aReleasedLeaseIsFreeAtOnce() {
        look("a", ADA);
        assertThat(release("a", GRACE, 0)).isFalse();
        assertThat(look("a", GRACE).load()).isInstanceOf(Loading.class);

        assertThat(release("a", ADA, 0)).isTrue();
        assertThat(release("a", ADA, 0)).as("again").isTrue();
        assertThat(fill("a", ADA, "late", 60, 0)).isEqualTo(new LeaseLost(Reason.ENDED));
        assertThat(look("a", GRACE)).isEqualTo(new Missing(new Leased(GRACE, in(10))));
        assertThat(release("a", ADA, 5_000)).isFalse();
        assertThat(fill("a", GRACE, "answer", 60, 0)).isInstanceOf(Filled.class);
    }

    @Test
    void aHoldKeepsAllFromLoadingAndStaleValuesAreReturned() {
        look("a", ADA);
        fill("a", ADA, "old", 60, 60);
        pass(60 * SECOND);
        look("a", GRACE);
        release("a", GRACE, 5_000);
        look("b", ADA);
        release("b", ADA, 5_000);
        invalidate(new Invalidation(Optional.empty(), List.of(key("b")), Set.of(), false, false));
        pass(SECOND);

        assertThat(look("a", JOAN))
                .isInstanceOf(Stale.class)
                .extracting(LookupOutcome::load)
                .isEqualTo(new Held(in(4), Duration.ofSeconds(4)));
        assertThat(look("b", JOAN)).isEqualTo(new Missing(new Held(in(4), Duration.ofSeconds(4))));
        pass(4 * SECOND);
        assertThat(look("a", JOAN).load()).isEqualTo(new Leased(JOAN, in(10)));
        assertThat(look("b", JOAN).load()).isEqualTo(new Leased(JOAN, in(10)));
    }

    @Test
    void aPutStoresAtOnceAndVoidsTheLoad() {
        look("a", ADA);
        assertThat(put(key("a"), "written", Set.of())).isEqualTo(new Filled(in(60), in(90)));

        assertThat(fill("a", ADA, "loaded", 60, 0)).isEqualTo(new LeaseLost(Reason.INVALIDATED));
        assertThat(((Fresh) look("a", GRACE)).entry().value().text()).isEqualTo("written");
        assertThat(look("a", GRACE).load()).isEqualTo(new Idle());
    }

    @Test
    void aLookupWithoutALeaseChangesNothing() {
        for (var key : List.of(key("a"), scoped("a"))) {
            assertThat(look(key, ADA, 0)).isEqualTo(new Missing(new Idle()));
            assertThat(look(key, GRACE, 10_000)).isEqualTo(new Missing(new Leased(GRACE, in(10))));
            assertThat(look(key, GRACE, 0)).isEqualTo(new Missing(new Loading(in(10), Duration.ofSeconds(10))));
        }
    }

    @Test
    void anInvalidatedKeyIsMissingAndItsLoadIsVoid() {
        for (var key : List.of(key("a"), scoped("a"))) {
            put(key, "old", Set.of());
            invalidate(Invalidation.of(key));
            assertThat(look(key, ADA, 10_000)).isEqualTo(new Missing(new Leased(ADA, in(10))));
            invalidate(Invalidation.of(key));
            assertThat(look(key, GRACE, 10_000)).as("free at once").isEqualTo(new Missing(new Leased(GRACE, in(10))));

            assertThat(fill(key, ADA, "loaded before", Set.of())).isEqualTo(new LeaseLost(Reason.INVALIDATED));
            assertThat(fill(key, GRACE, "loaded after", Set.of())).isInstanceOf(Filled.class);
            assertThat(((Fresh) look(key, JOAN, 10_000)).entry().value().text()).isEqualTo("loaded after");
        }
    }

    @Test
    void anOwnerWhoseLoadWasVoidedGetsAnotherName() {
        look("a", ADA);
        invalidate(Invalidation.of(key("a")));

        var lease = (Leased) look("a", ADA).load();
        assertThat(lease.owner()).isNotEqualTo(ADA);
        assertThat(fill("a", ADA, "loaded before", 60, 0)).isEqualTo(new LeaseLost(Reason.INVALIDATED));
        assertThat(fill("a", lease.owner(), "loaded after", 60, 0)).isInstanceOf(Filled.class);
    }

    @Test
    void anInvalidatedTagVoidsItsValuesAndLoadsOnly() {
        put(scoped("a"), "a", Set.of("x", "y"));
        put(scoped("b"), "b", Set.of("y"));
        put(scoped("c"), "c", Set.of());
        look(scoped("d"), ADA, 10_000);
        look(scoped("e"), ADA, 10_000);
        invalidate(new Invalidation(SCOPE, List.of(), Set.of("x", "z"), false, false));

        assertThat(look(scoped("a"), GRACE, 0)).isInstanceOf(Missing.class);
        assertThat(look(scoped("b"), GRACE, 0)).isInstanceOf(Fresh.class);
        assertThat(look(scoped("c"), GRACE, 0)).isInstanceOf(Fresh.class);
        assertThat(fill(scoped("d"), ADA, "d", Set.of("z"))).isEqualTo(new LeaseLost(Reason.INVALIDATED));
        assertThat(look(scoped("d"), GRACE, 10_000))
                .as("free at once")
                .isEqualTo(new Missing(new Leased(GRACE, in(10))));
        assertThat(fill(scoped("e"), ADA, "e", Set.of("y"))).isInstanceOf(Filled.class);
        assertThat(fill(scoped("d"), GRACE, "d", Set.of("z"))).isInstanceOf(Filled.class);
        assertThat(look(scoped("d"), GRACE, 0)).isInstanceOf(Fresh.class);
    }

    @Test
    void anInvalidatedScopeIsMissingAndItsLoadsAreVoid() {
        var other = CacheKey.of(Optional.of("other"), "a");
        put(scoped("a"), "a", Set.of());
        put(other, "a", Set.of());
        put(key("a"), "a", Set.of());
        look(scoped("b"), ADA, 10_000);
        invalidate(new Invalidation(SCOPE, List.of(), Set.of(), true, false));

        assertThat(look(scoped("a"), GRACE, 0)).isInstanceOf(Missing.class);
        assertThat(look(other, GRACE, 0)).isInstanceOf(Fresh.class);
        assertThat(look(key("a"), GRACE, 0)).isInstanceOf(Fresh.class);
        assertThat(fill(scoped("b"), ADA, "b", Set.of())).isEqualTo(new LeaseLost(Reason.INVALIDATED));
        assertThat(look(scoped("b"), GRACE, 10_000).load()).isEqualTo(new Leased(GRACE, in(10)));
    }

    @Test
    void aSoftInvalidationMakesValuesStale() {
        put(key("a"), "a", Set.of());
        put(scoped("a"), "a", Set.of("x"));
        put(scoped("b"), "b", Set.of("y"));
        invalidate(new Invalidation(Optional.empty(), List.of(key("a")), Set.of(), false, true));
        invalidate(new Invalidation(SCOPE, List.of(), Set.of("x"), false, true));
        for (var key : List.of(key("a"), scoped("a"))) {
            assertThat(look(key, ADA, 10_000))
                    .isEqualTo(new Stale(new CacheEntry(CacheValue.of("a"), in(0), in(90)), new Leased(ADA, in(10))));
        }
        assertThat(look(scoped("b"), ADA, 0)).isInstanceOf(Fresh.class);

        invalidate(new Invalidation(SCOPE, List.of(scoped("a")), Set.of(), true, true));
        assertThat(look(scoped("b"), ADA, 0)).isInstanceOf(Stale.class);
        assertThat(fill(scoped("a"), ADA, "loaded before", Set.of("x"))).isEqualTo(new LeaseLost(Reason.INVALIDATED));
        assertThat(fill(key("a"), ADA, "new", Set.of())).isInstanceOf(Filled.class);
        assertThat(look(key("a"), ADA, 0)).isInstanceOf(Fresh.class);
    }

    @Test
    void moreTagsThanTheScopeRemembersVoidOlderTaggedValues() {
        put(scoped("tagged"), "v", Set.of("first"));
        put(scoped("plain"), "v", Set.of());
        invalidate(new Invalidation(SCOPE, List.of(), Set.of("first"), false, false));
        put(scoped("other"), "v", Set.of("never-invalidated"));
        for (int i = 0; i < 30; i++) {
            var tags = new HashSet<String>();
            for (int tag = 0; tag < 50; tag++) {
                tags.add("tag-" + i + "-" + tag);
            }
            invalidate(new Invalidation(SCOPE, List.of(), tags, false, false));
        }
        put(scoped("late"), "v", Set.of("tag-0-0"));

        assertThat(look(scoped("tagged"), ADA, 0)).isInstanceOf(Missing.class);
        assertThat(look(scoped("other"), ADA, 0)).as("its marks may be gone").isInstanceOf(Missing.class);
        assertThat(look(scoped("plain"), ADA, 0)).isInstanceOf(Fresh.class);
        assertThat(look(scoped("late"), ADA, 0)).isInstanceOf(Fresh.class);
    }

    @Test
    void tenantsScopesAndKeysAreSeparate() {
        put(key("a"), "a", Set.of());
        var stranger = "tenant-" + UUID.randomUUID();
        assertThat(decided(cache().lookup(stranger, new CacheLookup(key("a"), ADA, 0), patience())))
                .isInstanceOf(Missing.class);
        assertThat(look(scoped("a"), ADA, 0)).isInstanceOf(Missing.class);
        assertThat(look(key("b"), ADA, 0)).isInstanceOf(Missing.class);
        assertThat(look(CacheKey.ofJson(Optional.empty(), "\"a\""), ADA, 0)).isInstanceOf(Missing.class);
    }

    @Test
    void severalKeysAreLookedUpTogetherInOrder() {
        put(key("a"), "a", Set.of());
        var lookups = Stream.of(key("a"), key("b"), key("a"), scoped("c"))
                .map(key -> new CacheLookup(key, ADA, 10_000))
                .toList();

        var outcomes = cache().lookup(tenant(), lookups, patience()).stream()
                .map(CacheCalls::decided)
                .toList();

        assertThat(outcomes).hasSize(4);
        assertThat(outcomes.get(0)).isInstanceOf(Fresh.class).isEqualTo(outcomes.get(2));
        assertThat(outcomes.get(1)).isEqualTo(new Missing(new Leased(ADA, in(10))));
        assertThat(outcomes.get(3)).isEqualTo(new Missing(new Leased(ADA, in(10))));
    }

    @Test
    void ofRacingCallersOneGetsTheLease() throws Exception {
        for (int round = 0; round < Rounds.of(5, 200); round++) {
            var key = key("race-" + round);
            var leased = new ConcurrentLinkedQueue<LoadOwner>();
            Threads.together(16, _ -> {
                if (look(key, LoadOwner.random(), 10_000).load() instanceof Leased(var owner, var _)) {
                    leased.add(owner);
                }
            });
            assertThat(leased).hasSize(1);
        }
    }
}
