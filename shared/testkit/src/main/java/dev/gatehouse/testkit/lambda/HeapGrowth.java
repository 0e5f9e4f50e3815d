// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.lambda;

import dev.gatehouse.testkit.Rounds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The growth of a function's heap over thousands of invocations. A leak often shows as growing latency, too, but a
 * latency depends on the machine, and a number of bytes does not.
 */
public final class HeapGrowth {

    private static final int WARM_UP = Rounds.of(500, 2_000);
    private static final int STRETCHES = 3;
    private static final int STRETCH = Rounds.of(250, 12_000);

    /**
     * A leak of one reference in each invocation; in a short run, which still loads code meanwhile, of one object and its
     * entry in a collection.
     */
    private static final int LEAK_BYTES = Rounds.of(32, 4);

    private HeapGrowth() {}

    /**
     * Invokes the function with one event after the other, and compares the live heap after each stretch.
     *
     * @param events returns the event of an invocation by its number, from 0
     * @param expected a part of each response
     * @throws AssertionError if a response is another, or if each invocation leaves an object in a collection or, in a deep run, a reference
     */
    public static void assertNone(FunctionProcess function, IntFunction<String> events, String expected) {
        var liveBytes = new ArrayList<Long>();
        for (var invocation = 0; invocation <= WARM_UP + STRETCHES * STRETCH; invocation++) {
            if (invocation >= WARM_UP && (invocation - WARM_UP) % STRETCH == 0) {
                liveBytes.add(function.liveHeapBytes());
            }
            var response = function.invoke(events.apply(invocation), Duration.ofMinutes(1))
                    .response();
            if (!response.contains(expected)) {
                throw new AssertionError("invocation %d: %s".formatted(invocation, response));
            }
        }
        var report = "live heap in bytes, each %,d invocations: %s".formatted(STRETCH, liveBytes);
        System.out.println(report);
        if (medianGrowth(liveBytes) >= LEAK_BYTES * STRETCH) {
            throw new AssertionError(report);
        }
    }

    /** Returns the median of the stretches: a leak grows in each, and what is loaded or freed once shows in one. */
    private static long medianGrowth(List<Long> liveBytes) {
        return IntStream.range(1, liveBytes.size())
                .mapToLong(i -> liveBytes.get(i) - liveBytes.get(i - 1))
                .sorted()
                .toArray()[STRETCHES / 2];
    }
}
