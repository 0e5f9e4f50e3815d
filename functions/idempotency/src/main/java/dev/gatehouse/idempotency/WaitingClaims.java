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
    private final ConcurrentHashMap<StoredKey, Set<Pause>> pauses = new ConcurrentHashMap<>();

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
        var until = deadline.atMost(wait);
        return first.thenCompose(answer -> {
            if (!isInFlight(answer) || !admit()) {
                return CompletableFuture.completedStage(answer);
            }
            return new Wait(StoredKey.of(tenant, request.claim().key()), tenant, request, until, deadline)
                    .after(answer, FIRST_PAUSE_MILLIS)
                    .whenComplete((_, _) -> waiting.decrementAndGet());
        });
    }

    /** Makes the waiters of {@code key} in this process poll at once. */
    public void wake(String tenant, IdempotencyKey key) {
        var woken = pauses.remove(StoredKey.of(tenant, key));
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

    private static boolean isInFlight(Decision<ClaimOutcome> answer) {
        return answer instanceof Decided<ClaimOutcome>(var outcome, var _) && outcome instanceof InFlight;
    }

    private static final class Pause {

        private final CompletableFuture<Void> end = new CompletableFuture<>();
    }

    private final class Wait {

        private final StoredKey key;
        private final String tenant;
        private final ClaimRequest request;
        private final Deadline until;
        private final Deadline deadline;

        Wait(StoredKey key, String tenant, ClaimRequest request, Deadline until, Deadline deadline) {
            this.key = key;
            this.tenant = tenant;
            this.request = request;
            this.until = until;
            this.deadline = deadline;
        }

        /** Polls until the work is not in flight, or the time is up. */
        CompletionStage<Decision<ClaimOutcome>> after(Decision<ClaimOutcome> answer, long pauseMillis) {
            long left = until.remainingNanos();
            if (!isInFlight(answer) || left <= 0) {
                return CompletableFuture.completedStage(answer);
            }
            long pause = Math.min(left, Math.min(jittered(pauseMillis), leaseLeft(answer)));
            return pause(pause).thenCompose(_ -> {
                if (deadline.isSpent()) {
                    return CompletableFuture.completedStage(answer);
                }
                return claims.claim(tenant, request, deadline.atMost(budget))
                        .thenCompose(next ->
                                after(lastWord(answer, next), Math.min(LONGEST_PAUSE_MILLIS, pauseMillis * 3 / 2)));
            });
        }

        /** Prefers the previous decision to a poll that the deadline cut short. */
        private Decision<ClaimOutcome> lastWord(Decision<ClaimOutcome> before, Decision<ClaimOutcome> next) {
            return next instanceof Unavailable && deadline.isSpent() ? before : next;
        }

        private CompletionStage<Void> pause(long nanos) {
            var pause = new Pause();
            pauses.compute(key, (_, others) -> {
                var all = others == null ? ConcurrentHashMap.<Pause>newKeySet() : others;
                all.add(pause);
                return all;
            });
            return pause.end
                    .completeOnTimeout(null, nanos, TimeUnit.NANOSECONDS)
                    .whenComplete((_, _) -> over(pause));
        }

        private void over(Pause pause) {
            pauses.computeIfPresent(key, (_, others) -> {
                others.remove(pause);
                return others.isEmpty() ? null : others;
            });
        }

        /** Spreads the polls of waiters that came together. */
        private static long jittered(long millis) {
            return Jitter.between(millis * MILLI / 2, millis * MILLI + 1);
        }

        private static long leaseLeft(Decision<ClaimOutcome> answer) {
            return answer instanceof Decided<ClaimOutcome>(InFlight inFlight, var _)
                    ? Math.max(MILLI, inFlight.retryAfter().toNanos())
                    : Long.MAX_VALUE;
        }
    }
}
