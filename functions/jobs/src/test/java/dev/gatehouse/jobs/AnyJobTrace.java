// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** A random interleaving of calls on one queue, with crashes and steps of the clock. */
final class AnyJobTrace {

    private AnyJobTrace() {}

    sealed interface Step {

        /** @param id selects the id and the group: a third of the ids are in none */
        record Enqueue(int id, int delaySeconds, OnDuplicate onDuplicate, int maxAttempts, int ttlSeconds)
                implements Step {}

        record Take(int max, int leaseSeconds) implements Step {}

        /** @param back selects a lease: how many takes ago it began */
        record Complete(int back) implements Step {}

        record Fail(int back, int pauseSeconds, boolean dead) implements Step {}

        record GiveBack(int back) implements Step {}

        record Extend(int back, int seconds) implements Step {}

        record Cancel(int id) implements Step {}

        record Redrive(int id) implements Step {}

        record Inspect(int id) implements Step {}

        record ListDead() implements Step {}

        /** Repeats the call of the previous step with the same arguments, as after a lost reply. */
        record Again() implements Step {}

        record Clock(int seconds) implements Step {}
    }

    static Arbitrary<List<Step>> steps() {
        var id = Arbitraries.integers().between(0, 5);
        var back = Arbitraries.frequency(Tuple.of(5, 0), Tuple.of(3, 1), Tuple.of(2, 2), Tuple.of(1, 4));
        var mode = Arbitraries.of(OnDuplicate.values());
        var delay = Arbitraries.of(0, 0, 0, 1, 5, 60);
        Arbitrary<Step> enqueue = Combinators.combine(
                        id, delay, mode, Arbitraries.of(1, 2, 3), Arbitraries.of(10, 100, 1000))
                .as(Step.Enqueue::new);
        Arbitrary<Step> take = Combinators.combine(Arbitraries.of(0, 1, 1, 2, 5), Arbitraries.of(2, 30, 30))
                .as(Step.Take::new);
        Arbitrary<Step> fail = Combinators.combine(
                        back, Arbitraries.of(0, 0, 5, 60), Arbitraries.frequency(Tuple.of(4, false), Tuple.of(1, true)))
                .as(Step.Fail::new);
        Arbitrary<Step> extend =
                Combinators.combine(back, Arbitraries.of(1, 10, 60)).as(Step.Extend::new);
        Arbitrary<Step> clock = Arbitraries.frequency(
                        Tuple.of(5, 1), Tuple.of(4, 5), Tuple.of(3, 30), Tuple.of(1, 100), Tuple.of(1, 2000))
                .map(Step.Clock::new);
        return Arbitraries.frequencyOf(
                        Tuple.of(14, enqueue),
                        Tuple.of(12, take),
                        Tuple.of(5, back.<Step>map(Step.Complete::new)),
                        Tuple.of(5, fail),
                        Tuple.of(2, back.<Step>map(Step.GiveBack::new)),
                        Tuple.of(2, extend),
                        Tuple.of(2, id.<Step>map(Step.Cancel::new)),
                        Tuple.of(2, id.<Step>map(Step.Redrive::new)),
                        Tuple.of(2, id.<Step>map(Step.Inspect::new)),
                        Tuple.of(1, Arbitraries.<Step>just(new Step.ListDead())),
                        Tuple.of(4, Arbitraries.<Step>just(new Step.Again())),
                        Tuple.of(5, clock))
                .list()
                .ofMinSize(1)
                .ofMaxSize(50);
    }
}
