// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Real threads for races. */
public final class Threads {

    private static final Duration LONGEST = Duration.ofMinutes(Rounds.of(2, 10));

    private Threads() {}

    /** The work of one thread, by its number from 0. */
    public interface Work {
        void run(int thread) throws Exception;
    }

    /** The work on one of many items. */
    public interface Each<T> {
        void run(T one) throws Exception;
    }

    /**
     * Runs the work on {@code threads} threads, started together. Fails with the first failure.
     *
     * @throws AssertionError if a thread does not end within two minutes (ten in the deep suite), with the stacks of
     *     the running ones
     */
    public static void together(int threads, Work work) throws Exception {
        together(threads, LONGEST, work);
    }

    /**
     * Runs the work as {@link #together}, each thread on one of the items. For work that mostly waits.
     *
     * @throws AssertionError that names the first item that fails
     */
    public static <T> void each(T[] all, Each<T> work) throws Exception {
        together(all.length, thread -> {
            try {
                work.run(all[thread]);
            } catch (AssertionError | Exception e) {
                throw new AssertionError(all[thread] + ": " + e.getMessage(), e);
            }
        });
    }

    static void together(int threads, Duration longest, Work work) throws Exception {
        var end = System.nanoTime() + longest.toNanos();
        var start = new CountDownLatch(1);
        var atWork = ConcurrentHashMap.<Thread>newKeySet();
        // Not awaited at the end: a hanging thread would exhaust the time limit of the test.
        var pool = Executors.newFixedThreadPool(
                threads, Thread.ofPlatform().daemon().factory());
        var done = new ExecutorCompletionService<Void>(pool);
        for (var i = 0; i < threads; i++) {
            var thread = i;
            done.submit(() -> {
                start.await();
                atWork.add(Thread.currentThread());
                work.run(thread);
                atWork.remove(Thread.currentThread());
                return null;
            });
        }
        start.countDown();
        try {
            for (var i = 0; i < threads; i++) {
                var next = done.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (next == null) {
                    throw new AssertionError("not done in %s: %s".formatted(longest, stacks(atWork)));
                }
                next.get();
            }
        } finally {
            pool.shutdownNow(); // If one has failed, the others may wait for it forever.
        }
    }

    /** Returns the live threads whose names start with one of the words. */
    public static List<String> named(String... starts) {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> Stream.of(starts).anyMatch(name::startsWith))
                .toList();
    }

    private static String stacks(Set<Thread> threads) {
        return threads.stream()
                .map(thread -> thread.getName()
                        + Stream.of(thread.getStackTrace())
                                .map(frame -> "\n    at " + frame)
                                .collect(Collectors.joining()))
                .collect(Collectors.joining("\n", "\n", ""));
    }
}
