package dev.gatehouse.ratelimit;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.ratelimit.LimitCharge.Outcome;
import dev.gatehouse.ratelimit.LimitScripts.LimitCall;
import dev.gatehouse.ratelimit.SlotCharges.Charging;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.Reply;
import dev.gatehouse.redis.Reply.Answered;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** A check over several slots. Each slot decides alone, and charges that must not stand are taken back. */
final class ScatteredCheck {

    /** The time limit for taking back charges, even after the check's deadline. No caller waits beyond the deadline. */
    private static final Duration TAKING_BACK = Duration.ofMillis(250);

    private final LimitScripts scripts;
    private final List<LimitCharge> charges;
    private final Charging charging;
    private final Deadline deadline;

    ScatteredCheck(LimitScripts scripts, List<LimitCharge> charges, Charging charging, Deadline deadline) {
        this.scripts = scripts;
        this.charges = charges;
        this.charging = charging;
        this.deadline = deadline;
    }

    /** Returns the outcome of each charge, in any order. */
    CompletionStage<Decision<List<Outcome>>> decide() {
        var slots = Slots.of(charges);
        var calls = new ArrayList<LimitCall>(slots.size());
        for (var slot : slots) {
            calls.add(now -> slot.check(charging, now));
        }
        return scripts.runAll(calls, deadline).thenCompose(replies -> conclude(slots, replies));
    }

    private CompletionStage<Decision<List<Outcome>>> conclude(
            List<SlotCharges> slots, List<Reply<List<Object>>> replies) {
        var outcomes = new ArrayList<Outcome>(charges.size());
        var unanswered = new ArrayList<Reply<List<Object>>>(0);
        for (int i = 0; i < slots.size(); i++) {
            var reply = replies.get(i);
            if (reply instanceof Answered<List<Object>>(var values)) {
                outcomes.addAll(slots.get(i).outcomes(charging, values));
            } else {
                unanswered.add(reply);
            }
        }
        if (!unanswered.isEmpty()) {
            var _ = takeBack(outcomes);
            return CompletableFuture.completedStage(
                    Decision.of(unanswered.getFirst().map(_ -> outcomes)));
        }
        boolean stands = charging == Charging.EACH || outcomes.stream().noneMatch(Outcome::denies);
        if (stands) {
            return CompletableFuture.completedStage(Decision.of(new Answered<>(outcomes)));
        }
        var left = outcomes.stream().map(Outcome::takenBack).toList();
        // Waits, because a function may be frozen as soon as it has responded.
        return takeBack(outcomes)
                .completeOnTimeout(List.of(), deadline.remainingNanos(), TimeUnit.NANOSECONDS)
                .thenApply(_ -> Decision.of(new Answered<>(left)));
    }

    private CompletableFuture<List<Reply<List<Object>>>> takeBack(List<Outcome> outcomes) {
        var charged = outcomes.stream()
                .filter(outcome -> outcome.charged() && outcome.charge().units() > 0)
                .toList();
        var calls = new ArrayList<LimitCall>();
        for (var inSlot : Slots.grouped(charged, Outcome::charge)) {
            calls.add(now -> SlotCharges.takeBack(inSlot, now));
        }
        return calls.isEmpty()
                ? CompletableFuture.completedFuture(List.of())
                : scripts.runAll(calls, Deadline.in(TAKING_BACK));
    }
}
