// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench.jobs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Eight threads for the systems in this JVM. */
final class WorkerThreads implements AutoCloseable {

    private final ExecutorService pool = Executors.newFixedThreadPool(
            JobSystem.WORKERS, Thread.ofPlatform().daemon().factory());

    /** The work of one thread. */
    @FunctionalInterface
    interface Work {

        /** Returns the number of jobs. */
        long run(int thread) throws Exception;
    }

    /** Runs the work on each thread, and returns the sum. */
    long sum(Work work) throws ExecutionException, InterruptedException {
        var results = new ArrayList<Future<Long>>();
        for (var i = 0; i < JobSystem.WORKERS; i++) {
            var thread = i;
            results.add(pool.submit(() -> work.run(thread)));
        }
        var sum = 0L;
        for (var result : results) {
            sum += result.get();
        }
        return sum;
    }

    /** Repeats the work on each thread for this time, and returns the number of calls. */
    long repeat(Duration time, Work work) throws ExecutionException, InterruptedException {
        var end = System.nanoTime() + time.toNanos();
        return sum(thread -> {
            var jobs = 0L;
            while (System.nanoTime() - end < 0) {
                jobs += work.run(thread);
            }
            return jobs;
        });
    }

    /** Repeats the work on each thread until {@link #close}. Prints the stack trace of a failure before. */
    void repeatUntilClosed(Work work) {
        for (var i = 0; i < JobSystem.WORKERS; i++) {
            var thread = i;
            pool.execute(() -> repeat(work, thread));
        }
    }

    private void repeat(Work work, int thread) {
        while (!pool.isShutdown()) {
            try {
                work.run(thread);
            } catch (Exception e) {
                if (!pool.isShutdown()) {
                    throw new IllegalStateException("a worker has failed", e);
                }
            }
        }
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }
}
