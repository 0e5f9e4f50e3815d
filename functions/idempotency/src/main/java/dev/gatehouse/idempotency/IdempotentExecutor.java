// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.fallback.Outage;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Runs work once per key: claims the key, runs the work and completes the claim with its result. Renews the lease while
 * the work runs, so that a short lease suffices for long work. The lease never outlasts the invocation. The claim of work
 * that fails is released; so is the claim of a response that a retry may change, see {@link #storing}.
 *
 * {@snippet :
 * var executor = IdempotentExecutor.fromEnvironment();
 * executor.run("my-app", request, endOfInvocation, () -> pay(order).thenApply(this::toResponse));
 * }
 */
public final class IdempotentExecutor implements AutoCloseable {

    private final ClaimStore claims;
    private final Duration budget;
    private final Set<Integer> storedStatuses;
    private final Runnable onClose;

    /**
     * Creates an executor.
     *
     * @param budget the time limit of each step: the claim, an extension, the completion
     */
    public IdempotentExecutor(ClaimStore claims, Duration budget) {
        this(claims, budget, Set.of(), () -> {});
    }

    private IdempotentExecutor(ClaimStore claims, Duration budget, Set<Integer> storedStatuses, Runnable onClose) {
        this.claims = claims;
        this.budget = budget;
        this.storedStatuses = storedStatuses;
        this.onClose = onClose;
    }

    /**
     * Opens an executor, as by {@link #over}, on the Redis that the environment configures by {@code REDIS_URL}.
     *
     * @throws dev.gatehouse.redis.config.InvalidSetting if a setting is invalid
     */
    public static IdempotentExecutor fromEnvironment() {
        ClaimSwitch.requireOn();
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
                Set.of(),
                onClose);
    }

    /** Creates an executor for tests: it runs work each time, and stores nothing. */
    public static IdempotentExecutor withoutClaims() {
        return new IdempotentExecutor(new UnstoredClaims(), Duration.ofSeconds(1));
    }

    /**
     * Returns an executor on the same claims that also stores responses of these statuses. By default the responses 408, 425,
     * 429 and 5xx are not stored, because a retry may get another: the outcome is {@link Execution.Released}.
     */
    public IdempotentExecutor storing(Set<Integer> statuses) {
        return new IdempotentExecutor(claims, budget, Set.copyOf(statuses), onClose);
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
        var now = Deadline.in(Duration.ZERO);
        return claims.claim(tenant, bounded, end.atMost(budget))
                .thenCompose(
                        decision -> attempt(tenant, bounded, decision, now, end).run(work));
    }

    /**
     * Runs {@code work} like {@link #run}, on the calling thread.
     *
     * @throws Exception if the work fails, after its claim was released
     */
    public Execution call(String tenant, ClaimRequest request, Deadline end, Callable<Response> work) throws Exception {
        return claimAll(tenant, List.of(request), end).getFirst().call(work);
    }

    /**
     * Claims several works in one round trip, and renews the leases of the granted ones from then on. The caller must run or
     * release each attempt.
     *
     * @param end the end of the invocation, which no step and no lease exceeds
     * @return the attempts in the order of the requests; of two with the same key, only the first can be granted
     */
    public List<ClaimAttempt> claimAll(String tenant, List<ClaimRequest> requests, Deadline end) {
        var bounded = requests.stream().map(request -> request.within(end)).toList();
        var now = Deadline.in(Duration.ZERO);
        var decisions = claims.claimAll(tenant, bounded, end.atMost(budget));
        return IntStream.range(0, bounded.size())
                .mapToObj(i -> attempt(
                        tenant,
                        bounded.get(i),
                        decisions.get(i).toCompletableFuture().join(),
                        now,
                        end))
                .toList();
    }

    private ClaimAttempt attempt(
            String tenant, ClaimRequest bounded, Decision<ClaimOutcome> decision, Deadline claimedAt, Deadline end) {
        return new ClaimAttempt(claims, budget, storedStatuses, tenant, bounded, decision, claimedAt, end);
    }

    /** Closes the link of {@link #fromEnvironment}. A link passed to {@link #over} stays open. */
    @Override
    public void close() {
        onClose.run();
    }
}
