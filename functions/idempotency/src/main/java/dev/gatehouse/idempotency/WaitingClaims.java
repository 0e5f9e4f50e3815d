package dev.gatehouse.idempotency;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.idempotency.ClaimOutcome.Claimed;
import dev.gatehouse.idempotency.ClaimOutcome.InFlight;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.Jitter;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Claims work that may be in flight. Waits for its result, or for the claim if the owner releases it or its lease ends.
 *
 * <p>A waiter holds no thread and no connection to Redis. It polls after {@value #FIRST_PAUSE_MILLIS} ms, then less often,
 * down to twice a second, and at the end of the lease; and at once when the claim ends in this process. The number of
 * waiters of a tenant is bounded: beyond it the outcome is {@code InFlight} at once.
 */
public final class WaitingClaims {

    /** The default bound on the waiters of a tenant. */
    public static final int DEFAULT_MAX_WAITERS = 1000;

    /** The longest wait. */
    public static final Duration MAX_WAIT = Duration.ofSeconds(20);

    static final long FIRST_PAUSE_MILLIS = 20;
    static final long LONGEST_PAUSE_MILLIS = 500;

    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final Claims claims;
    private final int maxWaiters;
    private final Duration budget;

    /** The places of waiters, by tenant. */
    private final ConcurrentHashMap<String, Semaphore> places = new ConcurrentHashMap<>();

    /** The waiters, by the name of the Redis key. */
    private final ConcurrentHashMap<String, Set<Waiter>> waiters = new ConcurrentHashMap<>();

    /**
     * Creates claims with waiting.
     *
     * @param maxWaiters the bound on the waiters of a tenant; 0 for no waiting
     * @param budget the time limit of each claim
     */
    public WaitingClaims(Claims claims, int maxWaiters, Duration budget) {
        this.claims = claims;
        this.maxWaiters = maxWaiters;
        this.budget = budget;
    }

    /**
     * Claims as {@link Claims#claim} does, and waits up to {@code wait}, but not beyond the deadline. The wait ends at once
     * when the claimant leaves. A claim whose owner nobody will learn is released.
     */
    public CompletionStage<Decision<ClaimOutcome>> claim(
            String tenant, ClaimRequest request, Claimant claimant, Duration wait, Deadline deadline) {
        var waiter = new Waiter(tenant, request, claimant, deadline.atMost(wait), deadline);
        return claim(waiter).thenCompose(decision -> {
            if (wait.isZero() || !isInFlight(decision) || !places(tenant).tryAcquire()) {
                return CompletableFuture.completedStage(decision);
            }
            add(waiter);
            return poll(waiter, decision, FIRST_PAUSE_MILLIS).whenComplete((_, _) -> {
                remove(waiter);
                places(tenant).release();
            });
        });
    }

    /** Makes the waiters of {@code key} in this process poll at once. */
    public void wake(String tenant, IdempotencyKey key) {
        waiters.getOrDefault(key.redisKey(tenant), Set.of()).forEach(Waiter::wake);
    }

    /** Returns the number of waiters of {@code tenant}. */
    int waiting(String tenant) {
        return maxWaiters - places(tenant).availablePermits();
    }

    private Semaphore places(String tenant) {
        return places.computeIfAbsent(tenant, _ -> new Semaphore(maxWaiters));
    }

    private void add(Waiter waiter) {
        waiters.compute(waiter.redisKey(), (_, present) -> {
            var all = present == null ? ConcurrentHashMap.<Waiter>newKeySet() : present;
            all.add(waiter);
            return all;
        });
        var _ = waiter.claimant.departure().thenRun(waiter::wake);
    }

    private void remove(Waiter waiter) {
        waiters.computeIfPresent(waiter.redisKey(), (_, present) -> {
            present.remove(waiter);
            return present.isEmpty() ? null : present;
        });
    }

    private static boolean isInFlight(Decision<ClaimOutcome> decision) {
        return decision instanceof Decided<ClaimOutcome>(var outcome, var _) && outcome instanceof InFlight;
    }

    /** Polls until the work is not in flight, the time is up or the claimant has left. */
    private CompletionStage<Decision<ClaimOutcome>> poll(
            Waiter waiter, Decision<ClaimOutcome> decision, long pauseMillis) {
        long left = waiter.until.remainingNanos();
        if (left <= 0 || !(decision instanceof Decided<ClaimOutcome>(InFlight inFlight, var _))) {
            return CompletableFuture.completedStage(decision);
        }
        long leaseLeft = Math.max(MILLI, inFlight.retryAfter().toNanos());
        return waiter.pause(Math.min(left, Math.min(jittered(pauseMillis), leaseLeft)))
                .thenCompose(_ -> {
                    if (waiter.hasLeft() || waiter.deadline.isSpent()) {
                        return CompletableFuture.completedStage(decision);
                    }
                    return claim(waiter)
                            .thenCompose(next -> poll(
                                    waiter,
                                    // Prefers the previous decision to a poll that the deadline cut short.
                                    next instanceof Unavailable && waiter.deadline.isSpent() ? decision : next,
                                    Math.min(LONGEST_PAUSE_MILLIS, pauseMillis * 3 / 2)));
                });
    }

    private CompletionStage<Decision<ClaimOutcome>> claim(Waiter waiter) {
        return claims.claim(waiter.tenant, waiter.request, waiter.deadline.atMost(budget))
                .thenCompose(decision -> isClaimed(decision) && waiter.claimant.isLost()
                        ? release(waiter).thenApply(_ -> decision)
                        : CompletableFuture.completedStage(decision));
    }

    private static boolean isClaimed(Decision<ClaimOutcome> decision) {
        return decision instanceof Decided<ClaimOutcome>(var outcome, var _) && outcome instanceof Claimed;
    }

    private CompletionStage<?> release(Waiter waiter) {
        var claim = waiter.request.claim();
        return claims.release(waiter.tenant, claim, Deadline.in(budget))
                .thenRun(() -> wake(waiter.tenant, claim.key()));
    }

    /** Spreads the polls of waiters that came together. */
    private static long jittered(long millis) {
        return Jitter.between(millis * MILLI / 2, millis * MILLI + 1);
    }

    private static final class Waiter {

        private final String tenant;
        private final ClaimRequest request;
        private final Claimant claimant;
        private final Deadline until;
        private final Deadline deadline;
        private volatile CompletableFuture<Void> pause = CompletableFuture.completedFuture(null);

        /** @param until the end of the wait, not after {@code deadline} */
        Waiter(String tenant, ClaimRequest request, Claimant claimant, Deadline until, Deadline deadline) {
            this.tenant = tenant;
            this.request = request;
            this.claimant = claimant;
            this.until = until;
            this.deadline = deadline;
        }

        String redisKey() {
            return request.claim().key().redisKey(tenant);
        }

        CompletionStage<Void> pause(long nanos) {
            var next = new CompletableFuture<Void>();
            pause = next;
            // The claimant may have left before this pause could be woken.
            if (hasLeft()) {
                next.complete(null);
            }
            return next.completeOnTimeout(null, nanos, TimeUnit.NANOSECONDS);
        }

        void wake() {
            pause.complete(null);
        }

        boolean hasLeft() {
            return claimant.departure().isDone();
        }
    }
}
