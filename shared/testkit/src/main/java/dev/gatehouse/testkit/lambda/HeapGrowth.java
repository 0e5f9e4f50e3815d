package dev.gatehouse.testkit.lambda;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Measures the heap that many invocations leave behind in a function. A heap that grows with each invocation slows them down as well, where it
 * is walked through; but a time tells as much of the machine as of the function, and bytes do not.
 *
 * @param stretch how many invocations lie between one measurement and the next
 * @param liveBytes of the heap, after the first invocations and after each stretch
 */
public record HeapGrowth(int stretch, List<Long> liveBytes) {

    private static final int WARM = 2_000;
    private static final int STRETCHES = 3;

    /**
     * Invokes the function so often, one event after the other.
     *
     * @param invocations at least 5,000
     * @param events each by its number, from 0
     * @param answered what every response has in it
     * @throws AssertionError for a response that has it not
     */
    public static HeapGrowth of(
            FunctionProcess function, int invocations, IntFunction<String> events, String answered) {
        var stretch = (invocations - WARM) / STRETCHES;
        var live = new ArrayList<Long>();
        var invoked = 0;
        for (var end = WARM; live.size() <= STRETCHES; end += stretch) {
            for (; invoked < end; invoked++) {
                var response = function.invoke(events.apply(invoked), Duration.ofMinutes(1))
                        .response();
                if (!response.contains(answered)) {
                    throw new AssertionError("invocation %d: %s".formatted(invoked, response));
                }
            }
            live.add(function.liveHeapBytes());
        }
        return new HeapGrowth(stretch, List.copyOf(live));
    }

    /**
     * Returns the bytes that every invocation adds: the middle of the stretches, for what leaks does so in each, while what is loaded once,
     * say for an answer without Redis, or is let go once, is in one.
     */
    public double bytesAnInvocation() {
        var added = IntStream.range(1, liveBytes.size())
                .mapToLong(i -> liveBytes.get(i) - liveBytes.get(i - 1))
                .sorted()
                .toArray();
        return (double) added[added.length / 2] / stretch;
    }

    @Override
    public String toString() {
        return "live heap in bytes, %,d invocations between: %s".formatted(stretch, liveBytes);
    }
}
