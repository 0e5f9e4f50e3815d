// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state;

import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** A random interleaving of calls by several writers on a few states, with crashes and steps of the clock. */
final class AnyStateTrace {

    /** Two states in a group, and one without. */
    static final List<StateKey> KEYS = List.of(StateKey.of("g", "a"), StateKey.of("g", "b"), StateKey.of("a"));

    private AnyStateTrace() {}

    /** The version that a write expects. */
    enum Base {
        ABSENT,
        ANY,
        CURRENT,
        OLDER
    }

    sealed interface Step {

        /** @param known how many versions back is the known one; −1 for none */
        record Read(int key, int known) implements Step {}

        record Save(Content content) implements Step {}

        record SaveAll(Content one, Content other) implements Step {}

        /** Repeats a write, as after a lost reply, also long after. */
        record Repeat(int back) implements Step {}

        /** Repeats the last claim, extension, release or deletion with the same arguments, as after a lost reply. */
        record Again() implements Step {}

        /** @param who a writer, with another name after each crash */
        record Claim(int key, int who, long seconds, boolean takeOver) implements Step {}

        record Extend(int key, int fence, long seconds) implements Step {}

        record Release(int key, int fence) implements Step {}

        record Delete(int key, Base base, int fence) implements Step {}

        record ListGroup() implements Step {}

        record Crash(int who) implements Step {}

        record Clock(long seconds) implements Step {}
    }

    /**
     * A write.
     *
     * @param fence how many grants of the state back is its fence; −1 for none
     * @param ttlSeconds 0 to keep the end
     */
    record Content(int key, Base base, int fence, boolean merges, Map<String, String> members, long ttlSeconds) {}

    static Arbitrary<List<Step>> steps() {
        var key = Arbitraries.frequency(Tuple.of(6, 0), Tuple.of(2, 1), Tuple.of(2, 2));
        var base = Arbitraries.frequency(
                Tuple.of(4, Base.CURRENT), Tuple.of(3, Base.ANY), Tuple.of(2, Base.ABSENT), Tuple.of(1, Base.OLDER));
        var fence = Arbitraries.frequency(Tuple.of(4, 0), Tuple.of(3, -1), Tuple.of(1, 1), Tuple.of(1, 3));
        var json = Arbitraries.of("[]", "1.0", "12345678901234567890", "\"\\u00e9\\/\"", "{ \"x\": [ ] }", "null");
        var members =
                Arbitraries.maps(Arbitraries.of("a", "b", "é", "c c"), json).ofMaxSize(3);
        var content = Combinators.combine(
                        key, base, fence, Arbitraries.of(true, false), members, Arbitraries.of(0L, 0L, 5L, 60L))
                .as(Content::new);
        var who = Arbitraries.integers().between(0, 2);
        var seconds = Arbitraries.of(10L, 30L);
        Arbitrary<Step> read =
                Combinators.combine(key, Arbitraries.integers().between(-1, 1)).as(Step.Read::new);
        Arbitrary<Step> saveAll = Combinators.combine(content, content).as(Step.SaveAll::new);
        Arbitrary<Step> claim = Combinators.combine(
                        key, who, seconds, Arbitraries.frequency(Tuple.of(3, false), Tuple.of(1, true)))
                .as(Step.Claim::new);
        Arbitrary<Step> extend = Combinators.combine(key, fence, seconds).as(Step.Extend::new);
        Arbitrary<Step> release = Combinators.combine(key, fence).as(Step.Release::new);
        Arbitrary<Step> delete = Combinators.combine(key, base, fence).as(Step.Delete::new);
        Arbitrary<Step> clock = Arbitraries.frequency(
                        Tuple.of(4, 1L),
                        Tuple.of(4, 5L),
                        Tuple.of(3, 30L),
                        Tuple.of(1, 3_600L),
                        Tuple.of(1, 4_000L),
                        Tuple.of(1, -20L),
                        Tuple.of(1, -3_600L))
                .map(Step.Clock::new);
        return Arbitraries.frequencyOf(
                        Tuple.of(5, read),
                        Tuple.of(10, content.<Step>map(Step.Save::new)),
                        Tuple.of(3, saveAll),
                        Tuple.of(4, Arbitraries.integers().between(0, 12).<Step>map(Step.Repeat::new)),
                        Tuple.of(6, claim),
                        Tuple.of(2, extend),
                        Tuple.of(2, release),
                        Tuple.of(3, delete),
                        Tuple.of(4, Arbitraries.<Step>just(new Step.Again())),
                        Tuple.of(1, Arbitraries.<Step>just(new Step.ListGroup())),
                        Tuple.of(1, who.<Step>map(Step.Crash::new)),
                        Tuple.of(6, clock))
                .list()
                .ofMinSize(1)
                .ofMaxSize(50);
    }
}
