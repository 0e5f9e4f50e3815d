// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** A random interleaving of operations on a few keys, losses of stored data and steps of the clock. */
final class AnyCacheTrace {

    static final List<Optional<String>> SCOPES = List.of(Optional.empty(), Optional.of("s"), Optional.of("other"));

    /** Two keys without a scope and two in each scope. */
    static final List<CacheKey> KEYS = SCOPES.stream()
            .flatMap(scope -> List.of("a", "b").stream().map(key -> CacheKey.of(scope, key)))
            .toList();

    private AnyCacheTrace() {}

    sealed interface Step {

        /** @param owner one of a few names, so that lookups are repeated, also long after */
        record Look(int key, int owner, long leaseMillis) implements Step {}

        /** @param which any load so far, counted back from the last: also one that has filled, or lost its lease */
        record Fill(int which, Content content) implements Step {}

        /** @param which as of a lookup so far: its call arrives again, as after a lost reply, random text included */
        record RepeatLook(int which) implements Step {}

        /** @param which as of a fill */
        record Extend(int which, long leaseMillis) implements Step {}

        record Release(int which, long holdMillis) implements Step {}

        record Put(int key, Content content) implements Step {}

        record InvalidateKey(int key, boolean soft) implements Step {}

        record InvalidateTags(int scope, Set<String> tags, boolean soft) implements Step {}

        record InvalidateScope(int scope, boolean soft) implements Step {}

        record LoseEntry(int key) implements Step {}

        record LoseLease(int key) implements Step {}

        record LoseHead(int scope) implements Step {}

        record Clock(long micros) implements Step {}

        /** So much time passes that everything expires. */
        record Hours(long hours) implements Step {}
    }

    record Content(long freshSeconds, long staleSeconds, Set<String> tags) {}

    static Arbitrary<List<Step>> steps() {
        // Mostly one key, so that steps meet.
        var key = Arbitraries.frequency(Tuple.of(6, 2), Tuple.of(3, 0), Tuple.of(2, 3), Tuple.of(1, 1), Tuple.of(1, 4));
        var scope = Arbitraries.frequency(Tuple.of(5, 1), Tuple.of(1, 2));
        var which = Arbitraries.frequency(Tuple.of(5, 0), Tuple.of(3, 1), Tuple.of(2, 2), Tuple.of(1, 5));
        var soft = Arbitraries.frequency(Tuple.of(2, false), Tuple.of(1, true));
        var tags = Arbitraries.of("t", "u").set().ofMaxSize(2);
        // Long enough for a busy machine to run a trace before Redis, by its own clock, expires the key.
        var content = Combinators.combine(Arbitraries.of(60L, 100L), Arbitraries.of(0L, 60L), tags)
                .as(Content::new);
        Arbitrary<Step> look = Combinators.combine(
                        key, Arbitraries.integers().between(0, 2), Arbitraries.of(10_000L, 10_000L, 1_000L, 0L))
                .as(Step.Look::new);
        Arbitrary<Step> fill = Combinators.combine(which, content).as(Step.Fill::new);
        Arbitrary<Step> extend =
                Combinators.combine(which, Arbitraries.of(1_000L, 10_000L)).as(Step.Extend::new);
        Arbitrary<Step> release =
                Combinators.combine(which, Arbitraries.of(0L, 5_000L)).as(Step.Release::new);
        Arbitrary<Step> put = Combinators.combine(key, content).as(Step.Put::new);
        Arbitrary<Step> invalidateKey = Combinators.combine(key, soft).as(Step.InvalidateKey::new);
        Arbitrary<Step> invalidateTags = Combinators.combine(
                        scope, Arbitraries.of("t", "u").set().ofMinSize(1).ofMaxSize(2), soft)
                .as(Step.InvalidateTags::new);
        Arbitrary<Step> invalidateScope = Combinators.combine(scope, soft).as(Step.InvalidateScope::new);
        Arbitrary<Step> clock = Arbitraries.of(
                        1L,
                        1_000L,
                        400_000L,
                        1_000_000L,
                        10_000_000L,
                        59_999_999L,
                        60_000_000L,
                        -500_000L,
                        -30_000_000L,
                        -3_600_000_000L,
                        -7_200_000_000L)
                .map(Step.Clock::new);
        return Arbitraries.frequencyOf(
                        Tuple.of(12, look),
                        Tuple.of(9, fill),
                        Tuple.of(2, which.<Step>map(Step.RepeatLook::new)),
                        Tuple.of(2, extend),
                        Tuple.of(2, release),
                        Tuple.of(2, put),
                        Tuple.of(3, invalidateKey),
                        Tuple.of(3, invalidateTags),
                        Tuple.of(2, invalidateScope),
                        Tuple.of(1, key.<Step>map(Step.LoseEntry::new)),
                        Tuple.of(1, key.<Step>map(Step.LoseLease::new)),
                        Tuple.of(1, scope.<Step>map(Step.LoseHead::new)),
                        Tuple.of(1, Arbitraries.of(1L, 2L).<Step>map(Step.Hours::new)),
                        Tuple.of(5, clock))
                .list()
                .ofMinSize(1)
                .ofMaxSize(40);
    }
}
