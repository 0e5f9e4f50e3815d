// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.fallback;

import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.Jitter;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Waits for decisions that depend on other callers, in this process or another.
 *
 * <p>A waiter holds no thread and no connection to Redis. It first polls after {@value #FIRST_PAUSE_MILLIS} ms, then less
 * often, down to twice a second. It also polls when the decision may change by itself, and when it is woken in this process.
 * The number of waiters of a tenant is bounded; any more return the decision at once.
 */
public final class DecisionWaiters<T> {

    /** The default bound on the waiters of a tenant. */
    public static final int DEFAULT_MAX_WAITERS = 1000;

    /** The longest wait that callers can request. */
    public static final long MAX_WAIT_MILLIS = 20_000;

    static final long FIRST_PAUSE_MILLIS = 20;
    static final long LONGEST_PAUSE_MILLIS = 500;

    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final int maxWaiters;
    private final Function<? super T, Optional<Duration>> pending;

    /** The permits to wait, by tenant. */
    private final ConcurrentHashMap<String, Semaphore> permits = new ConcurrentHashMap<>();

    /** The waiters, by subject. */
    private final ConcurrentHashMap<String, Set<Waiter<T>>> waiters = new ConcurrentHashMap<>();

    /**
     * Creates a bounded set of waiters.
     *
     * @param maxWaiters the bound on the waiters of a tenant; 0 for no waiting
     * @param pending returns the time until a pending value may change by itself; empty for a final value
     */
    public DecisionWaiters(int maxWaiters, Function<? super T, Optional<Duration>> pending) {
        this.maxWaiters = maxWaiters;
        this.pending = pending;
    }

    /**
     * Returns {@code first}, or a later decision if it is pending.
     *
     * @param subject the subject of the decision, for {@link #wake}
     * @param poll returns a new decision
     * @param cancellation ends the wait when it completes
     * @param until the end of the wait, not after {@code deadline}
     */
    public CompletionStage<Decision<T>> await(
            String tenant,
            String subject,
            Decision<T> first,
            Supplier<CompletionStage<Decision<T>>> poll,
            CompletableFuture<Void> cancellation,
            Deadline until,
            Deadline deadline) {
        if (until.isSpent() || timeLeft(first).isEmpty() || !permits(tenant).tryAcquire()) {
            return CompletableFuture.completedStage(first);
        }
        var waiter = new Waiter<>(subject, poll, cancellation, until, deadline);
        add(waiter);
        return poll(waiter, first, FIRST_PAUSE_MILLIS).whenComplete((_, _) -> {
            remove(waiter);
            permits(tenant).release();
        });
    }

    /** Makes the waiters of {@code subject} in this process poll at once. */
    public void wake(String subject) {
        waiters.getOrDefault(subject, Set.of()).forEach(Waiter::wake);
    }

    /** Returns the number of waiters of {@code tenant}. */
    public int waiting(String tenant) {
        return maxWaiters - permits(tenant).availablePermits();
    }

    private Semaphore permits(String tenant) {
        return permits.computeIfAbsent(tenant, _ -> new Semaphore(maxWaiters));
    }

    private void add(Waiter<T> waiter) {
        waiters.compute(waiter.subject, (_, present) -> {
            var all = present == null ? ConcurrentHashMap.<Waiter<T>>newKeySet() : present;
            all.add(waiter);
            return all;
        });
        var _ = waiter.cancellation.thenRun(waiter::wake);
    }

    private void remove(Waiter<T> waiter) {
        waiters.computeIfPresent(waiter.subject, (_, present) -> {
            present.remove(waiter);
            return present.isEmpty() ? null : present;
        });
    }

    private Optional<Duration> timeLeft(Decision<T> decision) {
        return decision instanceof Decided<T>(var value, var _) ? pending.apply(value) : Optional.empty();
    }

    /** Polls until the decision is final, the time is up or the caller has left. */
    private CompletionStage<Decision<T>> poll(Waiter<T> waiter, Decision<T> decision, long pauseMillis) {
        long left = waiter.until.remainingNanos();
        var change = timeLeft(decision);
        if (left <= 0 || change.isEmpty()) {
            return CompletableFuture.completedStage(decision);
        }
        long changeNanos = Math.max(MILLI, change.get().toNanos());
        return waiter.pause(Math.min(left, Math.min(jittered(pauseMillis), changeNanos)))
                .thenCompose(_ -> {
                    if (waiter.isCancelled() || waiter.deadline.isSpent()) {
                        return CompletableFuture.completedStage(decision);
                    }
                    waiter.isWoken = false;
                    return waiter.poll
                            .get()
                            .thenCompose(next -> poll(
                                    waiter,
                                    // Prefers the previous decision to a poll that the deadline cut short.
                                    next instanceof Unavailable && waiter.deadline.isSpent() ? decision : next,
                                    Math.min(LONGEST_PAUSE_MILLIS, pauseMillis * 3 / 2)));
                });
    }

    /** Spreads the polls of waiters that came together. */
    private static long jittered(long millis) {
        return Jitter.between(millis * MILLI / 2, millis * MILLI + 1);
    }

    private static final class Waiter<T> {

        private final String subject;
        private final Supplier<CompletionStage<Decision<T>>> poll;
        private final CompletableFuture<Void> cancellation;
        private final Deadline until;
        private final Deadline deadline;
        private volatile boolean isWoken;
        private volatile CompletableFuture<Void> pause = CompletableFuture.completedFuture(null);

        Waiter(
                String subject,
                Supplier<CompletionStage<Decision<T>>> poll,
                CompletableFuture<Void> cancellation,
                Deadline until,
                Deadline deadline) {
            this.subject = subject;
            this.poll = poll;
            this.cancellation = cancellation;
            this.until = until;
            this.deadline = deadline;
        }

        CompletionStage<Void> pause(long nanos) {
            var next = new CompletableFuture<Void>();
            pause = next;
            // The caller may have left, or the decision changed, while a poll was in flight.
            if (isCancelled() || isWoken) {
                next.complete(null);
            }
            return next.completeOnTimeout(null, nanos, TimeUnit.NANOSECONDS);
        }

        void wake() {
            isWoken = true;
            pause.complete(null);
        }

        boolean isCancelled() {
            return cancellation.isDone();
        }
    }
}
