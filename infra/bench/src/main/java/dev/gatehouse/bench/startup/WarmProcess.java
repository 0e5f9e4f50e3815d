package dev.gatehouse.bench.startup;

import dev.gatehouse.testkit.lambda.FunctionProcess;
import java.util.OptionalLong;

/** One contestant's process while it is invoked again and again. */
final class WarmProcess implements AutoCloseable {

    private final Contestant contestant;
    private final long[] nanos;
    private final FunctionProcess process;
    private int done;
    private OptionalLong earlyHeap = OptionalLong.empty();

    /** @param options of its JVM, besides those that the contestant has */
    WarmProcess(Contestant contestant, int invocations, String... options) {
        this.contestant = contestant;
        this.nanos = new long[invocations];
        this.process = contestant.start(options);
    }

    Contestant contestant() {
        return contestant;
    }

    void takeTurn() {
        for (var i = 0; i < WarmCalls.TURN; i++) {
            nanos[done++] = contestant.invoke(process).latencyNanos();
        }
        if (done == WarmCalls.EARLY) {
            earlyHeap = heap();
        }
    }

    /** What came of all turns, when they are done. */
    WarmCalls calls() {
        return new WarmCalls(
                Samples.ofNanos(nanos, 0, WarmCalls.EARLY), Samples.ofNanos(nanos, done / 2, done), earlyHeap, heap());
    }

    private OptionalLong heap() {
        return contestant.onJvm() ? OptionalLong.of(process.liveHeapBytes()) : OptionalLong.empty();
    }

    @Override
    public void close() {
        process.close();
    }
}
