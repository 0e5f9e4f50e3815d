package dev.gatehouse.ratelimit;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.ratelimit.LimitCharge.Outcome;
import dev.gatehouse.ratelimit.LimitDecision.Denied;
import dev.gatehouse.ratelimit.LimitScripts.LimitCall;
import dev.gatehouse.ratelimit.SlotCharges.Charging;
import dev.gatehouse.ratelimit.SlotCharges.Correction;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.Reply.Refused;
import dev.gatehouse.redis.Script;
import dev.gatehouse.redis.ScriptCall;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Decides on Redis in one round trip, or in none if a cached denial applies.
 *
 * <p>Each limit and subject has one key, {@code gh:{<tenant>:<tag>}:rl:<name>} with the subject's {@link HashTag}. Its
 * value holds the use and the parameters that give it a meaning. The key expires once the limit is unused.
 *
 * <table>
 * <caption>The commands</caption>
 * <tr><td>a check, all keys in one slot or Redis not clustered</td>
 *     <td>{@code EVALSHA check.lua} over its keys: {@code TIME}; {@code GET} each; {@code SET … PX} each charged or
 *     changed, or {@code DEL} each unused</td></tr>
 * <tr><td>several subjects on a cluster</td>
 *     <td>the same for each subject, in parallel and in one flush</td></tr>
 * <tr><td>of these some denied, in mode {@link Mode#ALL}</td>
 *     <td>then {@code EVALSHA adjust.lua} over the keys charged, for each subject: {@code TIME}; {@code GET} each;
 *     {@code SET … PX} or {@code DEL} each</td></tr>
 * <tr><td>a refund or settlement</td>
 *     <td>{@code EVALSHA adjust.lua}, for each subject on a cluster</td></tr>
 * <tr><td>a reset</td><td>{@code EVALSHA reset.lua}: {@code DEL}</td></tr>
 * </table>
 *
 * <p>On a cluster, a denied check of several subjects may briefly hold units before it gives them back. Another check
 * may be denied meanwhile, but never is too much admitted. If giving back fails, the units are earned back at the
 * limit's rate. If Redis does not reply for one subject, the whole check is unavailable. The parts that were charged
 * are given back. The part without a reply is left alone, because it may not have been charged.
 *
 * <p>A key with a foreign value is left unchanged, and the decision is unavailable.
 */
public final class RedisRateLimiter implements RateLimiter {

    private static final Script RESET = Script.beside(RedisRateLimiter.class, "reset");

    private final RedisLink link;
    private final LimitScripts scripts;
    private final Meters meters = new Meters();
    private final @Nullable DenialCache denials;

    /** Creates a limiter that sends every check to Redis. */
    public RedisRateLimiter(RedisLink link) {
        this(link, null);
    }

    /**
     * Creates a limiter that answers checks from cached denials where it can.
     *
     * @param denials the cached denials; null to send every check to Redis
     */
    public RedisRateLimiter(RedisLink link, @Nullable DenialCache denials) {
        this.link = link;
        this.scripts = new LimitScripts(link);
        this.denials = denials;
    }

    @Override
    public CompletionStage<Decision<CheckDecision>> check(String tenant, Check check, Deadline deadline) {
        var known = denials == null ? null : denials.find(tenant, check);
        if (known != null) {
            return CompletableFuture.completedStage(new Decided<>(known, Source.REDIS));
        }
        var charges = charges(tenant, check);
        if (charges.isEmpty()) {
            return CompletableFuture.completedStage(new Decided<>(CheckDecision.of(check, List.of()), Source.REDIS));
        }
        var asked = denials == null ? null : denials.asked();
        return outcomes(charges, charging(check), deadline, counted -> {
            var decision = CheckDecision.of(check, counted);
            if (denials != null && asked != null) {
                denials.note(tenant, check, counted, decision, asked);
            }
            return decision;
        });
    }

    /**
     * Runs the charges and applies {@code decide} to their outcomes. Both happen in one step, because each check takes
     * this path.
     */
    private CompletionStage<Decision<CheckDecision>> outcomes(
            List<LimitCharge> charges,
            Charging charging,
            Deadline deadline,
            Function<List<Outcome>, CheckDecision> decide) {
        boolean scattered = Slots.areSeveral(charges);
        if (scattered && scripts.isClustered()) {
            return scattered(charges, charging, deadline).thenApply(answer -> answer.map(decide));
        }
        var slot = new SlotCharges(charges);
        var reply = slot.goByCalendar()
                ? scripts.run(now -> slot.check(charging, now), deadline)
                : link.run(slot.check(charging, 0), deadline);
        if (!scattered) {
            return reply.thenApply(
                    word -> Decision.of(word.map(values -> decide.apply(slot.outcomes(charging, values)))));
        }
        return reply.thenCompose(word -> {
            if (word instanceof Refused<List<Object>>(var code) && code.equals("CROSSSLOT")) {
                // The link mistook a cluster for a single server. Nothing was charged, so a retry is safe.
                return scattered(charges, charging, deadline).thenApply(answer -> answer.map(decide));
            }
            return CompletableFuture.completedStage(
                    Decision.of(word.map(values -> decide.apply(slot.outcomes(charging, values)))));
        });
    }

    private CompletionStage<Decision<List<Outcome>>> scattered(
            List<LimitCharge> charges, Charging charging, Deadline deadline) {
        return new ScatteredCheck(scripts, charges, charging, deadline)
                .decide()
                .thenApply(answer -> answer.map(outcomes -> inOrder(charges, outcomes)));
    }

    @Override
    public CompletionStage<Decision<CheckDecision>> refund(String tenant, Check charges, Deadline deadline) {
        return correct(charges(tenant, charges), Correction.REFUND, deadline)
                .thenApply(answer -> answer.map(outcomes -> looked(charges, outcomes)))
                .whenComplete((_, _) -> forgetDenials(tenant, charges));
    }

    @Override
    public CompletionStage<Decision<LimitDecision>> settle(String tenant, Settlement settlement, Deadline deadline) {
        var difference = new Check(List.of(settlement.difference()), Mode.ALL);
        var correction = settlement.isDearer() ? Correction.CHARGE : Correction.REFUND;
        return correct(charges(tenant, difference), correction, deadline)
                .thenApply(answer -> answer.map(
                        outcomes -> looked(difference, outcomes).limits().getFirst()))
                .whenComplete((_, _) -> forgetDenials(tenant, difference));
    }

    private void forgetDenials(String tenant, Check corrected) {
        if (denials != null) {
            for (var asked : corrected.limits()) {
                denials.forget(tenant, asked.limit().name(), asked.subject());
            }
        }
    }

    private CompletionStage<Decision<List<Outcome>>> correct(
            List<LimitCharge> charges, Correction correction, Deadline deadline) {
        if (charges.isEmpty()) {
            return CompletableFuture.completedStage(new Decided<>(List.of(), Source.REDIS));
        }
        if (Slots.areSeveral(charges) && scripts.isClustered()) {
            return correctScattered(charges, correction, deadline);
        }
        var slot = new SlotCharges(charges);
        return scripts.run(now -> slot.correct(correction, now), deadline).thenCompose(reply -> {
            if (charges.size() > 1 && reply instanceof Refused<List<Object>>(var code) && code.equals("CROSSSLOT")) {
                return correctScattered(charges, correction, deadline);
            }
            return CompletableFuture.completedStage(Decision.of(reply.map(slot::corrected)));
        });
    }

    private CompletionStage<Decision<List<Outcome>>> correctScattered(
            List<LimitCharge> charges, Correction correction, Deadline deadline) {
        var slots = Slots.of(charges);
        var calls = new ArrayList<LimitCall>(slots.size());
        for (var slot : slots) {
            calls.add(now -> slot.correct(correction, now));
        }
        return scripts.runAll(calls, deadline).thenApply(replies -> {
            var outcomes = new ArrayList<Outcome>(charges.size());
            for (int i = 0; i < slots.size(); i++) {
                if (!(replies.get(i) instanceof Answered<List<Object>>(var values))) {
                    return Decision.of(replies.get(i).map(_ -> outcomes));
                }
                outcomes.addAll(slots.get(i).corrected(values));
            }
            return Decision.of(new Answered<>(inOrder(charges, outcomes)));
        });
    }

    @Override
    public CompletionStage<Decision<WasReset>> reset(String tenant, String name, String subject, Deadline deadline) {
        var key = key(tenant, HashTag.of(subject), name);
        return link.run(new ScriptCall(RESET, List.of(key), List.of()), deadline)
                .thenApply(reply -> Decision.of(reply.map(words -> new WasReset(words.contains("reset")))))
                .whenComplete((_, _) -> {
                    if (denials != null) {
                        denials.forget(tenant, name, subject);
                    }
                });
    }

    static Charging charging(Check check) {
        if (check.mode() == Mode.EACH) {
            return Charging.EACH;
        }
        for (var asked : check.limits()) {
            if (!asked.limit().isCounted() && LimitDecision.uncounted(asked) instanceof Denied) {
                return Charging.NONE;
            }
        }
        return Charging.ALL_OR_NONE;
    }

    private List<LimitCharge> charges(String tenant, Check check) {
        var charges = new ArrayList<LimitCharge>(check.limits().size());
        for (var asked : check.limits()) {
            var limit = asked.limit();
            if (limit.isCounted()) {
                var tag = HashTag.of(asked.subject());
                var key = key(tenant, tag, limit.name());
                charges.add(new LimitCharge(key, tag, meters.of(limit), asked.cost(), limit.shadow()));
            }
        }
        return charges;
    }

    static String key(String tenant, String tag, String name) {
        return "gh:{" + tenant + ":" + tag + "}:rl:" + name;
    }

    private static List<Outcome> inOrder(List<LimitCharge> charges, List<Outcome> outcomes) {
        var byKey = new HashMap<String, Outcome>();
        outcomes.forEach(outcome -> byKey.put(outcome.charge().key(), outcome));
        return charges.stream().map(charge -> byKey.get(charge.key())).toList();
    }

    /** Returns the state of the limits as a read without a charge would. */
    private static CheckDecision looked(Check check, List<Outcome> counted) {
        var outcomes = counted.iterator();
        var limits = new ArrayList<LimitDecision>(check.limits().size());
        for (var asked : check.limits()) {
            limits.add(asked.limit().isCounted() ? outcomes.next().decision() : LimitDecision.left(asked.limit()));
        }
        return CheckDecision.of(limits);
    }
}
