package dev.gatehouse.idempotency;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.fallback.Outage;
import dev.gatehouse.idempotency.ClaimOutcome.Claimed;
import dev.gatehouse.idempotency.ClaimOutcome.Completed;
import dev.gatehouse.idempotency.ClaimOutcome.InFlight;
import dev.gatehouse.idempotency.ClaimOutcome.KeyReused;
import dev.gatehouse.idempotency.Completion.Recorded;
import dev.gatehouse.idempotency.Execution.Done;
import dev.gatehouse.idempotency.Execution.Replayed;
import dev.gatehouse.idempotency.Execution.Undecided;
import dev.gatehouse.idempotency.Execution.Unrecorded;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Has work done once: claims its key, runs it, and completes the claim with its result, all in one call. While the work
 * runs its lease is extended, so a short lease does for long work; the lease never lasts longer than the invocation, so
 * that what Lambda cuts off makes way at once. Work that fails gives its claim back, and may be tried again.
 *
 * {@snippet :
 * var link = RedisLink.to(RedisSettings.fromEnvironment(System.getenv()));
 * var idempotent = Idempotent.over(link, new Outage(link));
 * idempotent.run("my-app", request, endOfInvocation, () -> pay(order).thenApply(this::toResponse));
 * }
 */
public final class Idempotent {

    private final Claims claims;
    private final Duration budget;

    /**
     * @param budget what each step may take: the claim, an extension, the completion
     */
    public Idempotent(Claims claims, Duration budget) {
        this.claims = claims;
        this.budget = budget;
    }

    /**
     * On {@code link}: nothing is done while Redis does not answer, but results that this process has seen are told all
     * the same. Where the settings say that there is no Redis, claims hold in this process only.
     *
     * @param outage the link's, of which there is one
     */
    public static Idempotent over(RedisLink link, Outage outage) {
        var local = new LocalClaims();
        var budget = link.settings().decisionBudget();
        if (!link.settings().enabled()) {
            return new Idempotent(local, budget);
        }
        outage.onRecovery(local::clear);
        var results = new ResultCache(ResultCache.DEFAULT_MAX_BYTES);
        return new Idempotent(new GuardedClaims(new RedisClaims(link), local, results, FallbackPolicy.CLOSED), budget);
    }

    /**
     * Runs {@code work} if the key is free. The stage completes exceptionally only if the work fails, with what it fails
     * with, after its claim was given back.
     *
     * @param end of the invocation; steps and leases keep within it
     * @param work begins on the thread that Redis's answer came on, so it must not block there
     */
    public CompletionStage<Execution> run(
            String tenant, ClaimRequest request, Deadline end, Supplier<CompletionStage<Response>> work) {
        var asked = request.within(end);
        return claims.claim(tenant, asked, end.atMost(budget)).thenCompose(answer -> {
            if (!(answer instanceof Decided<ClaimOutcome>(Claimed _, var _))) {
                return CompletableFuture.completedStage(undone(answer));
            }
            var lease = held(tenant, asked, end);
            return begun(work)
                    .whenComplete((_, _) -> lease.close())
                    .handle((response, failure) -> failure == null
                            ? completed(tenant, asked, response, end)
                            : released(tenant, asked, failure, end))
                    .thenCompose(execution -> execution);
        });
    }

    /**
     * As {@link #run}, on this thread, which waits.
     *
     * @throws Exception what the work fails with, after its claim was given back
     */
    public Execution call(String tenant, ClaimRequest request, Deadline end, Callable<Response> work) throws Exception {
        var asked = request.within(end);
        var answer = now(claims.claim(tenant, asked, end.atMost(budget)));
        if (!(answer instanceof Decided<ClaimOutcome>(Claimed _, var _))) {
            return undone(answer);
        }
        Response response;
        try (var _ = held(tenant, asked, end)) {
            response = work.call();
        } catch (Throwable failure) {
            now(claims.release(tenant, asked.claim(), end.atMost(budget)));
            throw failure;
        }
        return now(completed(tenant, asked, response, end));
    }

    private LeaseRenewer held(String tenant, ClaimRequest asked, Deadline end) {
        return new LeaseRenewer(claims, tenant, asked.claim(), asked.lease(), budget, end).hold();
    }

    private static CompletionStage<Response> begun(Supplier<CompletionStage<Response>> work) {
        try {
            return work.get();
        } catch (Throwable failure) {
            return CompletableFuture.failedStage(failure);
        }
    }

    private CompletionStage<Execution> completed(String tenant, ClaimRequest asked, Response response, Deadline end) {
        return claims.complete(tenant, asked.claim(), response, Optional.empty(), end.atMost(budget))
                .thenApply(answer -> switch (answer) {
                    case Decided<Completion> decided ->
                        decided.decision() instanceof Recorded
                                ? new Done(response, decided.degraded())
                                : new Unrecorded(response, true);
                    case Unavailable<Completion> _ -> new Unrecorded(response, false);
                });
    }

    private CompletionStage<Execution> released(String tenant, ClaimRequest asked, Throwable failure, Deadline end) {
        return claims.release(tenant, asked.claim(), end.atMost(budget))
                .thenCompose(_ -> CompletableFuture.failedStage(failure));
    }

    private static Execution undone(Decision<ClaimOutcome> answer) {
        return switch (answer) {
            case Decided<ClaimOutcome> decided ->
                switch (decided.decision()) {
                    case Completed completed ->
                        new Replayed(completed.response(), completed.completedAt(), decided.degraded());
                    case InFlight inFlight -> new Execution.InFlight(inFlight);
                    case KeyReused _ -> new Execution.KeyReused();
                    case Claimed _ -> throw new IllegalStateException("the work is to be done");
                };
            case Unavailable<ClaimOutcome>(var retryAfter) -> new Undecided(retryAfter);
        };
    }

    private static <T> T now(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }
}
