// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.ratelimit.LimitCharge.Outcome;
import dev.gatehouse.ratelimit.SlotRequest.Operation;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.Reply;
import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.ScriptReply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An operation over several slots of a cluster. Each slot decides alone. If one denies, the charges of the others are
 * undone.
 */
final class ScatteredCheck {

    /** The time limit for undoing charges, even after the check's deadline. No caller waits beyond the deadline. */
    private static final Duration UNDO = Duration.ofMillis(250);

    private final LimitScriptRunner scripts;
    private final SlotRequest request;
    private final List<SlotRequest> slots;
    private final Deadline deadline;
    private final long startNanos = System.nanoTime();

    ScatteredCheck(LimitScriptRunner scripts, SlotRequest request, Deadline deadline) {
        this.scripts = scripts;
        this.request = request;
        this.slots = request.bySlot();
        this.deadline = deadline;
    }

    /** Returns the outcome of each charge. */
    CompletionStage<Decision<List<Outcome>>> run() {
        return scripts.runAll(slots, deadline).thenCompose(replies -> {
            var outcomes = outcomes(replies);
            var failure = failure(replies);
            if (failure != null) {
                var _ = undo(outcomes);
                return CompletableFuture.completedStage(Decision.of(failure.map(_ -> outcomes)));
            }
            if (request.operation() == Operation.CHECK_EACH || outcomes.stream().noneMatch(Outcome::denies)) {
                return CompletableFuture.completedStage(Decision.of(new Answered<>(inOrder(outcomes))));
            }
            var left = outcomes.stream().map(Outcome::undone).toList();
            // Waits, because a function may be frozen as soon as it has responded.
            return undo(outcomes)
                    .completeOnTimeout(List.of(), deadline.remainingNanos(), TimeUnit.NANOSECONDS)
                    .thenApply(_ -> Decision.of(new Answered<>(inOrder(left))));
        });
    }

    private List<Outcome> outcomes(List<Reply<ScriptReply>> replies) {
        var outcomes = new ArrayList<Outcome>(request.charges().size());
        for (int i = 0; i < slots.size(); i++) {
            if (replies.get(i) instanceof Answered<ScriptReply>(var reply)) {
                outcomes.addAll(slots.get(i).outcomes(reply));
            }
        }
        return outcomes;
    }

    /** Returns the first failed reply; null if every slot replied. */
    private static @Nullable Reply<ScriptReply> failure(List<Reply<ScriptReply>> replies) {
        for (var reply : replies) {
            if (!(reply instanceof Answered)) {
                return reply;
            }
        }
        return null;
    }

    /** Undoes what this check has charged. A hold that is older is of an earlier check with its id. */
    private CompletableFuture<List<Reply<ScriptReply>>> undo(List<Outcome> outcomes) {
        long micros = (System.nanoTime() - startNanos) / 1000;
        var own =
                outcomes.stream().filter(outcome -> outcome.heldFor() <= micros).toList();
        return scripts.runAll(request.undoingAll(own), Deadline.in(UNDO));
    }

    private List<Outcome> inOrder(List<Outcome> outcomes) {
        var byKey = new HashMap<String, Outcome>();
        outcomes.forEach(outcome -> byKey.put(outcome.charge().key(), outcome));
        return request.charges().stream().map(charge -> byKey.get(charge.key())).toList();
    }
}
