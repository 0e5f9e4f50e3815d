package dev.gatehouse.redis;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/** Real threads for races. */
final class Threads {

    private Threads() {}

    interface Work {
        void run(int thread) throws Exception;
    }

    /** Runs the work on so many threads, started together, and fails as the first of them that fails. */
    static void together(int threads, Work work) throws Exception {
        var start = new CountDownLatch(1);
        // Not waited for at the end: one that hangs would take the test's own time limit with it.
        var pool = Executors.newFixedThreadPool(
                threads, Thread.ofPlatform().daemon().factory());
        var done = new ExecutorCompletionService<Void>(pool);
        for (var i = 0; i < threads; i++) {
            var thread = i;
            done.submit(() -> {
                start.await();
                work.run(thread);
                return null;
            });
        }
        start.countDown();
        try {
            for (var i = 0; i < threads; i++) {
                done.take().get();
            }
        } finally {
            pool.shutdownNow(); // Where one has failed, the others may wait for it in vain.
        }
    }

    /** The living threads whose names start with one of the words. */
    static List<String> named(String... starts) {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> Stream.of(starts).anyMatch(name::startsWith))
                .toList();
    }
}
