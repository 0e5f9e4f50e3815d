package dev.gatehouse.idempotency;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.idempotency.ClaimOutcome.InFlight;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.Jitter;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Claims work that may be in flight. Waits for its result, or for the claim if the owner releases it or its lease ends.
 *
 * <p>A waiter holds no thread and no connection. It polls after {@value #FIRST_PAUSE_MILLIS} ms, then less often, down
 * to twice a second, and at the end of the lease; and at once when the claim ends in this process. The number of
 * waiters is bounded: beyond it the outcome is {@code InFlight} at once.
 */
public final class WaitingClaims {

    public static final int DEFAULT_MAX_WAITERS = 1000;

    /** The longest wait. */
    public static final Duration MAX_WAIT = Duration.ofSeconds(20);

    static final long FIRST_PAUSE_MILLIS = 20;
    static final long LONGEST_PAUSE_MILLIS = 500;

    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final Claims claims;
    private final int maxWaiters;
    private final Duration budget;
    private final AtomicInteger waiting = new AtomicInteger();

    /** The pauses of waiters, by the name of the Redis key. */
    private final ConcurrentHashMap<String, Set<Pause>> pauses = new ConcurrentHashMap<>();

    private static final class Pause {

        private final CompletableFuture<Void> end = new CompletableFuture<>();
    }

    /** @param until the end of the wait, not after {@code deadline} */
    private record Waiter(String tenant, ClaimRequest request, Deadline until, Deadline deadline) {}

    /**
     * Creates claims with waiting.
     *
     * @param maxWaiters 0 for no waiting
     * @param budget the time limit of each claim
     */
    public WaitingClaims(Claims claims, int maxWaiters, Duration budget) {
        this.claims = claims;
        this.maxWaiters = maxWaiters;
        this.budget = budget;
    }

    /** Claims as {@link Claims#claim} does, and waits up to {@code wait}, but not beyond the deadline. */
    public CompletionStage<Decision<ClaimOutcome>> claim(
            String tenant, ClaimRequest request, Duration wait, Deadline deadline) {
        var first = claims.claim(tenant, request, deadline.atMost(budget));
        if (wait.isZero()) {
            return first;
        }
        var waiter = new Waiter(tenant, request, deadline.atMost(wait), deadline);
        return first.thenCompose(decision -> {
            if (!isInFlight(decision) || !admit()) {
                return CompletableFuture.completedStage(decision);
            }
            return poll(waiter, decision, FIRST_PAUSE_MILLIS).whenComplete((_, _) -> waiting.decrementAndGet());
        });
    }

    /** Makes the waiters of {@code key} in this process poll at once. */
    public void wake(String tenant, IdempotencyKey key) {
        var woken = pauses.remove(key.redisKey(tenant));
        if (woken != null) {
            woken.forEach(pause -> pause.end.complete(null));
        }
    }

    /** Returns the number of waiters. */
    int waiting() {
        return waiting.get();
    }

    private boolean admit() {
        if (waiting.incrementAndGet() <= maxWaiters) {
            return true;
        }
        waiting.decrementAndGet();
        return false;
    }

    private static boolean isInFlight(Decision<ClaimOutcome> decision) {
        return decision instanceof Decided<ClaimOutcome>(var outcome, var _) && outcome instanceof InFlight;
    }

    /** Polls until the work is not in flight, or the time is up. */
    private CompletionStage<Decision<ClaimOutcome>> poll(
            Waiter waiter, Decision<ClaimOutcome> decision, long pauseMillis) {
        long left = waiter.until.remainingNanos();
        if (left <= 0 || !(decision instanceof Decided<ClaimOutcome>(InFlight inFlight, var _))) {
            return CompletableFuture.completedStage(decision);
        }
        long leaseLeft = Math.max(MILLI, inFlight.retryAfter().toNanos());
        return pause(waiter, Math.min(left, Math.min(jittered(pauseMillis), leaseLeft)))
                .thenCompose(_ -> {
                    if (waiter.deadline.isSpent()) {
                        return CompletableFuture.completedStage(decision);
                    }
                    var next = claims.claim(waiter.tenant, waiter.request, waiter.deadline.atMost(budget));
                    return next.thenCompose(later -> poll(
                            waiter,
                            // Prefers the previous decision to a poll that the deadline cut short.
                            later instanceof Unavailable && waiter.deadline.isSpent() ? decision : later,
                            Math.min(LONGEST_PAUSE_MILLIS, pauseMillis * 3 / 2)));
                });
    }

    private CompletionStage<Void> pause(Waiter waiter, long nanos) {
        var pause = new Pause();
        var key = waiter.request.claim().key().redisKey(waiter.tenant);
        pauses.compute(key, (_, others) -> {
            var all = others == null ? ConcurrentHashMap.<Pause>newKeySet() : others;
            all.add(pause);
            return all;
        });
        return pause.end
                .completeOnTimeout(null, nanos, TimeUnit.NANOSECONDS)
                .whenComplete((_, _) -> pauses.computeIfPresent(key, (_, others) -> {
                    others.remove(pause);
                    return others.isEmpty() ? null : others;
                }));
    }

    /** Spreads the polls of waiters that came together. */
    private static long jittered(long millis) {
        return Jitter.between(millis * MILLI / 2, millis * MILLI + 1);
    }
}
