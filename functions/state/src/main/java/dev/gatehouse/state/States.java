// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.fallback.LeaseRenewer;
import dev.gatehouse.fallback.Outage;
import dev.gatehouse.fallback.OwnerOutcome;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.state.ReadOutcome.Found;
import dev.gatehouse.state.StateClaimOutcome.Claimed;
import dev.gatehouse.state.WriteOutcome.WriterHeld;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Works on states as their only writer: claims a state, runs the work on its value, saves the result and releases the claim.
 * Renews the lease while the work runs, so that a short lease suffices for long work. The lease never outlasts the invocation.
 * If the work fails, nothing is saved and the claim is released.
 *
 * {@snippet :
 * var states = States.fromEnvironment();
 * states.run("my-app", StateClaim.of(StateKey.of("order-42")), endOfInvocation, value -> nextStep(value));
 * }
 */
public final class States implements AutoCloseable {

    private final StateStore store;
    private final Duration budget;
    private final Runnable onClose;

    /**
     * Creates states on {@code store}.
     *
     * @param budget the time limit of each step: the claim, an extension, the save, the release
     */
    public States(StateStore store, Duration budget) {
        this(store, budget, () -> {});
    }

    private States(StateStore store, Duration budget, Runnable onClose) {
        this.store = store;
        this.budget = budget;
        this.onClose = onClose;
    }

    /**
     * Opens states, as by {@link #over}, on the Redis that the environment configures by {@code REDIS_URL}.
     *
     * @throws dev.gatehouse.redis.config.InvalidSetting if a setting is invalid
     */
    public static States fromEnvironment() {
        var life = StateLifetime.from(System.getenv());
        return owning(RedisLink.fromEnvironment(), life);
    }

    /** Opens states as {@link #fromEnvironment} does, but configured by {@code environment}. */
    public static States from(Map<String, String> environment) {
        var life = StateLifetime.from(environment);
        return owning(RedisLink.retrying(RedisSettings.fromEnvironment(environment)), life);
    }

    private static States owning(RedisLink link, Duration life) {
        return over(link, new Outage(link), life, link::close);
    }

    /**
     * Creates states on {@code link}. Without a decision of Redis no work is run. If the settings disable Redis, states and
     * claims hold in this process only.
     *
     * @param outage the only outage tracker of the link
     */
    public static States over(RedisLink link, Outage outage) {
        return over(link, outage, StateLifetime.DEFAULT, () -> {});
    }

    private static States over(RedisLink link, Outage outage, Duration life, Runnable onClose) {
        var store = GuardedStateStore.over(link, outage, StateFallback.DEFAULT, life);
        return new States(store, link.settings().decisionBudget(), onClose);
    }

    /** Returns the store, for reads and other calls. */
    public StateStore store() {
        return store;
    }

    /**
     * Runs {@code work} as the writer of the state. The stage completes exceptionally only if the work fails, after its claim
     * was released.
     *
     * @param claim the claim; its known version is ignored
     * @param end the end of the invocation, which no step and no lease exceeds
     * @param work maps the current value, empty if there is no state, to the value to save, empty to save none. Runs on the
     *     thread of the connection, which it must not block
     */
    public CompletionStage<StateRun> run(
            String tenant,
            StateClaim claim,
            Deadline end,
            Function<Optional<StateValue>, CompletionStage<Optional<StateValue>>> work) {
        var bounded = claim.within(end);
        return store.claim(tenant, bounded, end.atMost(budget))
                .thenCompose(decision -> decision instanceof Decided<StateClaimOutcome>(Claimed claimed, var _)
                        ? new Run(tenant, bounded, claimed, end).start(work)
                        : CompletableFuture.completedStage(notRun(decision)));
    }

    /** Work on the calling thread. */
    @FunctionalInterface
    public interface BlockingWork {

        /**
         * Maps a value to the one to save.
         *
         * @param value empty if there is no state
         * @return empty to save none
         * @throws Exception if the work fails; then nothing is saved
         */
        Optional<StateValue> apply(Optional<StateValue> value) throws Exception;
    }

    /**
     * Runs {@code work} like {@link #run}, on the calling thread.
     *
     * @throws Exception if the work fails, after its claim was released
     */
    public StateRun call(String tenant, StateClaim claim, Deadline end, BlockingWork work) throws Exception {
        var bounded = claim.within(end);
        var decision = join(store.claim(tenant, bounded, end.atMost(budget)));
        if (!(decision instanceof Decided<StateClaimOutcome>(Claimed claimed, var _))) {
            return notRun(decision);
        }
        var run = new Run(tenant, bounded, claimed, end);
        try (var _ = run.renewer()) {
            return join(run.save(work.apply(run.value())));
        } finally {
            join(run.release());
        }
    }

    private static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private static StateRun notRun(Decision<StateClaimOutcome> decision) {
        return switch (decision) {
            case Decided<StateClaimOutcome>(WriterHeld held, var _) -> new StateRun.Held(held);
            case Decided<StateClaimOutcome>(Claimed _, var _) ->
                throw new IllegalStateException("the work was not run");
            case Unavailable<StateClaimOutcome>(var retryAfter) -> new StateRun.Undecided(retryAfter);
        };
    }

    /** One claim with its work. */
    private final class Run {

        private final String tenant;
        private final StateClaim claim;
        private final Claimed claimed;
        private final Deadline end;

        Run(String tenant, StateClaim claim, Claimed claimed, Deadline end) {
            this.tenant = tenant;
            this.claim = claim;
            this.claimed = claimed;
            this.end = end;
        }

        CompletionStage<StateRun> start(Function<Optional<StateValue>, CompletionStage<Optional<StateValue>>> work) {
            return renewer()
                    .during(() -> work.apply(value()).thenCompose(this::save))
                    .handle((run, failure) -> release()
                            .thenCompose(_ -> failure == null
                                    ? CompletableFuture.completedStage(run)
                                    : CompletableFuture.<StateRun>failedStage(failure)))
                    .thenCompose(Function.identity());
        }

        Optional<StateValue> value() {
            return claimed.state() instanceof Found(var _, var value) ? Optional.of(value) : Optional.empty();
        }

        LeaseRenewer renewer() {
            return new LeaseRenewer(claim.leaseMillis(), end, this::renew);
        }

        CompletionStage<Decision<OwnerOutcome<Boolean>>> release() {
            return store.release(tenant, claim.key(), claimed.fence(), end.atMost(budget));
        }

        private CompletionStage<Decision<Boolean>> renew() {
            var rest = claim.within(end);
            return store.extend(tenant, claim.key(), claimed.fence(), rest.leaseMillis(), end.atMost(budget))
                    .thenApply(decision -> decision.map(outcome -> outcome instanceof OwnerOutcome.Held));
        }

        CompletionStage<StateRun> save(Optional<StateValue> result) {
            return result.map(this::save).orElseGet(() -> CompletableFuture.completedStage(new StateRun.Unchanged()));
        }

        private CompletionStage<StateRun> save(StateValue value) {
            var expect = claimed.state() instanceof Found(var info, var _)
                    ? Expectation.version(info.version())
                    : Expectation.absent();
            var write = StateWrite.save(claim.key(), expect, value).withFence(claimed.fence());
            return store.save(tenant, write, end.atMost(budget)).thenApply(decision -> switch (decision) {
                case Decided<WriteOutcome>(WriteOutcome.Saved saved, var source) ->
                    new StateRun.Saved(saved, source == Source.LOCAL);
                case Decided<WriteOutcome>(var refused, var _) -> new StateRun.Refused(refused);
                case Unavailable<WriteOutcome>(var retryAfter) -> new StateRun.Unrecorded(retryAfter);
            });
        }
    }

    /** Closes the link of {@link #fromEnvironment}. A link passed to {@link #over} stays open. */
    @Override
    public void close() {
        onClose.run();
    }
}
