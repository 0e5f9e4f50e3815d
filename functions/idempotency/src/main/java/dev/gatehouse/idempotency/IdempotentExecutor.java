package dev.gatehouse.idempotency;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.fallback.LeaseRenewer;
import dev.gatehouse.fallback.Outage;
import dev.gatehouse.fallback.OwnerOutcome;
import dev.gatehouse.fallback.OwnerOutcome.Held;
import dev.gatehouse.fallback.OwnerOutcome.Lost;
import dev.gatehouse.idempotency.ClaimOutcome.Claimed;
import dev.gatehouse.idempotency.ClaimOutcome.Completed;
import dev.gatehouse.idempotency.ClaimOutcome.InFlight;
import dev.gatehouse.idempotency.ClaimOutcome.KeyReused;
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
 * Runs work once per key: claims the key, runs the work and completes the claim with its result. Renews the lease while
 * the work runs, so that a short lease suffices for long work. The lease never outlasts the invocation. The claim of work
 * that fails is released.
 *
 * {@snippet :
 * var executor = IdempotentExecutor.fromEnvironment();
 * executor.run("my-app", request, endOfInvocation, () -> pay(order).thenApply(this::toResponse));
 * }
 */
public final class IdempotentExecutor implements AutoCloseable {

    private final ClaimStore claims;
    private final Duration budget;
    private final Runnable onClose;

    /**
     * Creates an executor.
     *
     * @param budget the time limit of each step: the claim, an extension, the completion
     */
    public IdempotentExecutor(ClaimStore claims, Duration budget) {
        this(claims, budget, () -> {});
    }

    private IdempotentExecutor(ClaimStore claims, Duration budget, Runnable onClose) {
        this.claims = claims;
        this.budget = budget;
        this.onClose = onClose;
    }

    /**
     * Opens an executor, as by {@link #over}, on the Redis that the environment configures by {@code REDIS_URL}.
     *
     * @throws dev.gatehouse.redis.config.InvalidSetting if a setting is invalid
     */
    public static IdempotentExecutor fromEnvironment() {
        var link = RedisLink.fromEnvironment();
        return over(link, new Outage(link), link::close);
    }

    /**
     * Creates an executor on {@code link}. Without a decision of Redis no work is run, and results that this process has
     * read or stored are replayed. If the settings disable Redis, claims hold in this process only.
     *
     * @param outage the only outage tracker of the link
     */
    public static IdempotentExecutor over(RedisLink link, Outage outage) {
        return over(link, outage, () -> {});
    }

    private static IdempotentExecutor over(RedisLink link, Outage outage, Runnable onClose) {
        return new IdempotentExecutor(
                GuardedClaims.over(link, outage, FallbackPolicy.CLOSED, GuardedClaims.DEFAULT_REPLAY_BYTES),
                link.settings().decisionBudget(),
                onClose);
    }

    /**
     * Runs {@code work} if the key is free. The stage completes exceptionally only if the work fails, after its claim was
     * released.
     *
     * @param end the end of the invocation, which no step and no lease exceeds
     * @param work returns a stage of the result. Runs on the thread of the connection, which it must not block
     */
    public CompletionStage<Execution> run(
            String tenant, ClaimRequest request, Deadline end, Supplier<CompletionStage<Response>> work) {
        var bounded = request.within(end);
        return claims.claim(tenant, bounded, end.atMost(budget)).thenCompose(decision -> {
            if (!(decision instanceof Decided<ClaimOutcome>(Claimed _, var _))) {
                return CompletableFuture.completedStage(notRun(decision));
            }
            return renewer(tenant, bounded, end)
                    .during(work::get)
                    .handle((response, failure) -> failure == null
                            ? completed(tenant, bounded, response, end)
                            : released(tenant, bounded, failure, end))
                    .thenCompose(execution -> execution);
        });
    }

    /**
     * Runs {@code work} like {@link #run}, on the calling thread.
     *
     * @throws Exception if the work fails, after its claim was released
     */
    public Execution call(String tenant, ClaimRequest request, Deadline end, Callable<Response> work) throws Exception {
        var bounded = request.within(end);
        var decision = join(claims.claim(tenant, bounded, end.atMost(budget)));
        if (!(decision instanceof Decided<ClaimOutcome>(Claimed _, var _))) {
            return notRun(decision);
        }
        Response response;
        try (var _ = renewer(tenant, bounded, end)) {
            response = work.call();
        } catch (Throwable failure) {
            join(claims.release(tenant, bounded.claim(), end.atMost(budget)));
            throw failure;
        }
        return join(completed(tenant, bounded, response, end));
    }

    private LeaseRenewer renewer(String tenant, ClaimRequest bounded, Deadline end) {
        return new LeaseRenewer(bounded.lease().millis(), end, () -> claims.extend(
                        tenant, bounded.claim(), bounded.lease().atMost(end), end.atMost(budget))
                .thenApply(decision -> decision.map(outcome -> outcome instanceof Held)));
    }

    private CompletionStage<Execution> completed(String tenant, ClaimRequest bounded, Response response, Deadline end) {
        return claims.complete(tenant, bounded.claim(), response, Optional.empty(), end.atMost(budget))
                .thenApply(decision -> switch (decision) {
                    case Decided<OwnerOutcome<Completion>>(Held<Completion> _, var source) ->
                        new Done(response, source == Source.LOCAL);
                    case Decided<OwnerOutcome<Completion>>(Lost<Completion> _, var _) -> new Unrecorded(response, true);
                    case Unavailable<OwnerOutcome<Completion>> _ -> new Unrecorded(response, false);
                });
    }

    private CompletionStage<Execution> released(String tenant, ClaimRequest bounded, Throwable failure, Deadline end) {
        return claims.release(tenant, bounded.claim(), end.atMost(budget))
                .thenCompose(_ -> CompletableFuture.failedStage(failure));
    }

    private static Execution notRun(Decision<ClaimOutcome> decision) {
        return switch (decision) {
            case Decided<ClaimOutcome>(var outcome, var source) ->
                switch (outcome) {
                    case Completed completed ->
                        new Replayed(completed.response(), completed.completedAt(), source == Source.LOCAL);
                    case InFlight inFlight -> new Execution.InFlight(inFlight);
                    case KeyReused _ -> new Execution.KeyReused();
                    case Claimed _ -> throw new IllegalStateException("the work was not run");
                };
            case Unavailable<ClaimOutcome>(var retryAfter) -> new Undecided(retryAfter);
        };
    }

    /** Closes the link of {@link #fromEnvironment}. A link passed to {@link #over} stays open. */
    @Override
    public void close() {
        onClose.run();
    }

    private static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }
}
