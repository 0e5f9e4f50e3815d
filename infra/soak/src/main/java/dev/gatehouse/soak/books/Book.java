// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.soak.books;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * The callers of one capability, and what they must find. An episode is a short story of its own, such as a claim, its
 * completion and its repetition. It is judged if Redis decided all its steps, and abandoned otherwise: then nobody can know
 * what must follow.
 *
 * <p>A failover may lose the last writes. A wrong answer in an episode that overlaps one is counted apart, as a loss.
 */
public abstract class Book {

    /** Ends an episode whose outcome is not certain. */
    private static final class Abandoned extends RuntimeException {

        private static final long serialVersionUID = 1;

        Abandoned() {
            super(null, null, false, false);
        }
    }

    private static final long PAUSE_NANOS = 30_000_000;
    private static final int KEPT = 20;

    private final Api api;
    private final Losses losses;
    private final String name;
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong judged = new AtomicLong();
    private final AtomicLong abandoned = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final Map<String, AtomicLong> serverErrors = new ConcurrentHashMap<>();

    Book(String name, Api api, Losses losses) {
        this.name = name;
        this.api = api;
        this.losses = losses;
    }

    /** Returns a book of each capability. */
    public static List<Book> all(Api api, Losses losses) {
        return List.of(
                new ClaimBook(api, losses),
                new LimitBook(api, losses),
                new LeaseBook(api, losses),
                new CacheBook(api, losses),
                new StateBook(api, losses),
                new SessionBook(api, losses),
                new ApiKeyBook(api, losses),
                new ChannelBook(api, losses),
                new JobBook(api, losses));
    }

    /** Plays one episode. */
    abstract void episode();

    /** Plays episodes until the thread is interrupted. */
    public final void play() {
        while (!Thread.currentThread().isInterrupted()) {
            var start = System.nanoTime();
            try {
                episode();
                judged.incrementAndGet();
            } catch (Abandoned e) {
                abandoned.incrementAndGet();
                // Leaves the processors to the server while Redis does not reply.
                LockSupport.parkNanos(2 * PAUSE_NANOS);
            } catch (AssertionError e) {
                if (losses.overlap(start, System.nanoTime())) {
                    lost.incrementAndGet();
                } else if (wrong.size() < KEPT) {
                    wrong.add(e.getMessage());
                }
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** Posts, and returns the response if Redis has decided. */
    final Answer post(String path, Map<String, Object> body) {
        return certain(path, count(api.post(path, body)));
    }

    final Answer delete(String path) {
        return certain("DELETE", count(api.delete(path)));
    }

    /** Posts two requests at once, and returns the responses, certain or not. */
    final List<Answer> postBoth(String path, Map<String, Object> first, Map<String, Object> second) {
        var both = List.of(api.send(path, first), api.send(path, second));
        return both.stream().map(CompletableFuture::join).map(this::count).toList();
    }

    private Answer count(Answer answer) {
        requests.incrementAndGet();
        return answer;
    }

    private Answer certain(String path, Answer answer) {
        if (answer.isServerError()) {
            serverErrors
                    .computeIfAbsent(path + " " + answer.status(), _ -> new AtomicLong())
                    .incrementAndGet();
        }
        if (!answer.isCertain()) {
            throw abandon();
        }
        return answer;
    }

    static RuntimeException abandon() {
        return new Abandoned();
    }

    /** Ends the episode as wrong unless {@code holds}. */
    static void require(boolean holds, String promise, Object found) {
        if (!holds) {
            throw new AssertionError(promise + ", but found " + found);
        }
    }

    /** Returns a name that no other episode has. */
    static String fresh(String prefix) {
        return prefix + Long.toHexString(ThreadLocalRandom.current().nextLong());
    }

    public String name() {
        return name;
    }

    public BookResult result() {
        var faults = new ArrayList<>(wrong);
        serverErrors.forEach((kind, count) -> faults.add(kind + ": " + count + " times"));
        return new BookResult(name, requests.get(), judged.get(), abandoned.get(), lost.get(), faults);
    }
}
