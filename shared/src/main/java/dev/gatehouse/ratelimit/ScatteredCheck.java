package dev.gatehouse.ratelimit;

import dev.gatehouse.fallback.Answer;
import dev.gatehouse.ratelimit.LimitCharge.Outcome;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.Reply;
import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.ScriptCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A check whose limits lie in several slots, each of which decides alone: what must not stand is taken back. */
final class ScatteredCheck {

    /** What a refund may take, though the check's deadline be spent before. Nobody waits past that. */
    private static final Duration REFUND_BUDGET = Duration.ofMillis(250);

    private final RedisLink link;
    private final List<LimitCharge> charges;
    private final Mode mode;
    private final Deadline deadline;

    ScatteredCheck(RedisLink link, List<LimitCharge> charges, Mode mode, Deadline deadline) {
        this.link = link;
        this.charges = charges;
        this.mode = mode;
        this.deadline = deadline;
    }

    CompletionStage<Answer<CheckDecision>> decide() {
        var slots = bySlot(charges, Function.identity()).stream()
                .map(inSlot -> new SlotCharges(inSlot, mode))
                .toList();
        return runAll(slots.stream().map(SlotCharges::call).toList(), deadline)
                .thenCompose(replies -> conclude(slots, replies));
    }

    private CompletionStage<Answer<CheckDecision>> conclude(
            List<SlotCharges> slots, List<Reply<List<Object>>> replies) {
        var outcomes = new ArrayList<Outcome>(charges.size());
        var unanswered = new ArrayList<Reply<List<Object>>>(0);
        for (int i = 0; i < slots.size(); i++) {
            var reply = replies.get(i);
            if (reply instanceof Answered<List<Object>>(var values)) {
                outcomes.addAll(slots.get(i).outcomes(values));
            } else {
                unanswered.add(reply);
            }
        }
        if (!unanswered.isEmpty()) {
            var _ = refund(outcomes);
            return completed(Answer.of(unanswered.getFirst().map(_ -> decision(outcomes))));
        }
        boolean stands = mode == Mode.EACH || outcomes.stream().allMatch(Outcome::allowed);
        if (stands) {
            return completed(Answer.of(new Answered<>(decision(outcomes))));
        }
        var left = outcomes.stream().map(Outcome::refunded).toList();
        // Waited for, because a function may be frozen as soon as it has answered.
        return refund(outcomes)
                .completeOnTimeout(List.of(), deadline.remainingNanos(), TimeUnit.NANOSECONDS)
                .thenApply(_ -> Answer.of(new Answered<>(decision(left))));
    }

    private CompletableFuture<List<Reply<List<Object>>>> refund(List<Outcome> outcomes) {
        var charged = outcomes.stream()
                .filter(outcome -> outcome.charged() && outcome.charge().cost() > 0)
                .toList();
        var calls = bySlot(charged, Outcome::charge).stream()
                .map(SlotCharges::refund)
                .toList();
        return calls.isEmpty()
                ? CompletableFuture.completedFuture(List.of())
                : runAll(calls, Deadline.in(REFUND_BUDGET));
    }

    /** The decision in the check's order. */
    private CheckDecision decision(List<Outcome> outcomes) {
        var byCharge = outcomes.stream()
                .collect(Collectors.toMap(outcome -> outcome.charge().key(), Function.identity()));
        return SlotCharges.decision(
                charges.stream().map(charge -> byCharge.get(charge.key())).toList());
    }

    private CompletableFuture<List<Reply<List<Object>>>> runAll(List<ScriptCall> calls, Deadline by) {
        var futures = link.runAll(calls, by).stream()
                .map(CompletionStage::toCompletableFuture)
                .toList();
        return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new))
                .thenApply(_ -> futures.stream().map(CompletableFuture::join).toList());
    }

    private static <T> Collection<List<T>> bySlot(List<T> all, Function<T, LimitCharge> charge) {
        return all.stream()
                .collect(Collectors.groupingBy(one -> charge.apply(one).tag(), LinkedHashMap::new, Collectors.toList()))
                .values();
    }

    private static <T> CompletionStage<T> completed(T value) {
        return CompletableFuture.completedStage(value);
    }
}
