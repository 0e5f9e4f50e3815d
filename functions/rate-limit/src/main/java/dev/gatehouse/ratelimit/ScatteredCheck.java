package dev.gatehouse.ratelimit;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.ratelimit.LimitCharge.Outcome;
import dev.gatehouse.ratelimit.LimitScriptRunner.LimitCall;
import dev.gatehouse.ratelimit.SlotRequest.Charging;
import dev.gatehouse.ratelimit.SlotRequest.Correction;
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
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Charges over several slots of a cluster. Each slot decides alone, and charges of a check that must not stand are
 * taken back.
 */
final class ScatteredCheck {

    /** The time limit for taking back charges, even after the check's deadline. No caller waits beyond the deadline. */
    private static final Duration TAKING_BACK = Duration.ofMillis(250);

    private final LimitScriptRunner scripts;
    private final List<LimitCharge> charges;
    private final List<SlotRequest> slots;
    private final Deadline deadline;

    ScatteredCheck(LimitScriptRunner scripts, List<LimitCharge> charges, Deadline deadline) {
        this.scripts = scripts;
        this.charges = charges;
        this.slots = SlotRequest.bySlot(charges);
        this.deadline = deadline;
    }

    /** Returns the outcome of each charge. */
    CompletionStage<Decision<List<Outcome>>> decide(Charging charging) {
        return runAll(slot -> now -> slot.check(charging, now)).thenCompose(replies -> {
            var outcomes = outcomes(replies, (slot, reply) -> slot.outcomes(charging, reply));
            var failure = failure(replies);
            if (failure != null) {
                var _ = takeBack(outcomes);
                return CompletableFuture.completedStage(Decision.of(failure.map(_ -> outcomes)));
            }
            if (charging == Charging.EACH || outcomes.stream().noneMatch(Outcome::denies)) {
                return CompletableFuture.completedStage(Decision.of(new Answered<>(inOrder(outcomes))));
            }
            var left = outcomes.stream().map(Outcome::takenBack).toList();
            // Waits, because a function may be frozen as soon as it has responded.
            return takeBack(outcomes)
                    .completeOnTimeout(List.of(), deadline.remainingNanos(), TimeUnit.NANOSECONDS)
                    .thenApply(_ -> Decision.of(new Answered<>(inOrder(left))));
        });
    }

    /** Returns the state of each charge's limit. */
    CompletionStage<Decision<List<Outcome>>> correct(Correction correction) {
        return runAll(slot -> now -> slot.correct(correction, now)).thenApply(replies -> {
            var outcomes = outcomes(replies, SlotRequest::corrected);
            var failure = failure(replies);
            return Decision.of(failure == null ? new Answered<>(inOrder(outcomes)) : failure.map(_ -> outcomes));
        });
    }

    private CompletableFuture<List<Reply<ScriptReply>>> runAll(Function<SlotRequest, LimitCall> call) {
        return scripts.runAll(slots.stream().map(call).toList(), deadline);
    }

    private List<Outcome> outcomes(
            List<Reply<ScriptReply>> replies, BiFunction<SlotRequest, ScriptReply, List<Outcome>> read) {
        var outcomes = new ArrayList<Outcome>(charges.size());
        for (int i = 0; i < slots.size(); i++) {
            if (replies.get(i) instanceof Answered<ScriptReply>(var reply)) {
                outcomes.addAll(read.apply(slots.get(i), reply));
            }
        }
        return outcomes;
    }

    /** Returns the first reply that is none; null if every slot replied. */
    private static @Nullable Reply<ScriptReply> failure(List<Reply<ScriptReply>> replies) {
        for (var reply : replies) {
            if (!(reply instanceof Answered)) {
                return reply;
            }
        }
        return null;
    }

    private CompletableFuture<List<Reply<ScriptReply>>> takeBack(List<Outcome> outcomes) {
        var charged = outcomes.stream()
                .filter(Outcome::hasCharged)
                .collect(Collectors.groupingBy(outcome -> outcome.charge().tag()));
        var calls = new ArrayList<LimitCall>(charged.size());
        for (var inSlot : charged.values()) {
            calls.add(now -> SlotRequest.takeBack(inSlot, now));
        }
        return calls.isEmpty()
                ? CompletableFuture.completedFuture(List.of())
                : scripts.runAll(calls, Deadline.in(TAKING_BACK));
    }

    private List<Outcome> inOrder(List<Outcome> outcomes) {
        var byKey = new HashMap<String, Outcome>();
        outcomes.forEach(outcome -> byKey.put(outcome.charge().key(), outcome));
        return charges.stream().map(charge -> byKey.get(charge.key())).toList();
    }
}
