// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.ratelimit.LimitCharge.Outcome;
import dev.gatehouse.ratelimit.SlotRequest.HoldTerms;
import dev.gatehouse.ratelimit.SlotRequest.Operation;
import dev.gatehouse.ratelimit.algorithm.ChargeTerms;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.Reply;
import dev.gatehouse.redis.Reply.Refused;
import dev.gatehouse.redis.Script;
import dev.gatehouse.redis.ScriptCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Decides on Redis in one round trip, or in none if a cached denial applies.
 *
 * <p>Each limit and subject has one key, {@code gh:{<tenant>:<tag>}:rl:<name>} with the subject's {@link HashTag}. Its
 * value holds the use and the parameters that give it a meaning, and the end of a lock-out. The key expires once the limit is
 * unused and the lock-out has ended.
 *
 * <table>
 * <caption>The commands</caption>
 * <tr><td>a check, all keys in one slot or Redis not clustered</td>
 *     <td>{@code EVALSHA check.lua} over its keys: {@code TIME}; {@code GET} each; {@code SET … PX} each charged,
 *     changed or locked out, or {@code DEL} each unused</td></tr>
 * <tr><td>several subjects on a cluster</td>
 *     <td>the same for each subject, in parallel and in one flush</td></tr>
 * <tr><td>of these some denied, in mode {@link Mode#ALL}</td>
 *     <td>then {@code EVALSHA adjust.lua} over the keys charged, for each subject: {@code TIME}; {@code GET} each;
 *     {@code SET … PX} or {@code DEL} each</td></tr>
 * <tr><td>a refund or settlement</td>
 *     <td>{@code EVALSHA adjust.lua}, for each subject on a cluster</td></tr>
 * <tr><td>a check with a hold</td>
 *     <td>as a check, with a key for each hold, {@code gh:{<tenant>:<tag>}:rl:<name>:hold:<tag of the id>}: {@code GET}
 *     each; {@code SET … PX} each held</td></tr>
 * <tr><td>the settlement of a hold</td>
 *     <td>{@code EVALSHA settle.lua}: {@code TIME}; {@code GET} of the limit and the hold; {@code SET … PX} both</td></tr>
 * <tr><td>a reset</td><td>{@code EVALSHA reset.lua}: {@code DEL}</td></tr>
 * </table>
 *
 * <p>On a cluster, a denied check of several subjects may briefly hold units before it undoes the charge. Another check
 * may be denied meanwhile, but never is too much admitted. If the undo fails, the units are freed at the
 * limit's rate. If Redis does not reply for one subject, the whole check is unavailable. The charges of the other
 * parts are undone. The part without a reply is left alone, because it may not have been charged.
 *
 * <p>A key with a foreign value is left unchanged, and the decision is unavailable.
 */
public final class RedisRateLimiter implements RateLimiter {

    private static final Script RESET = Script.beside(RedisRateLimiter.class, "reset");

    private final RedisLink link;
    private final LimitScriptRunner scripts;
    private final LimitScriptRunner retryingScripts;
    private final AlgorithmCache algorithms = new AlgorithmCache();
    private final @Nullable DenialCache denials;

    /** Creates a limiter that sends every check to Redis. */
    public RedisRateLimiter(RedisLink link) {
        this(link, null);
    }

    /**
     * Creates a limiter that decides checks by cached denials where it can.
     *
     * @param denials the cached denials; null to send every check to Redis
     */
    public RedisRateLimiter(RedisLink link, @Nullable DenialCache denials) {
        this.link = link;
        this.scripts = new LimitScriptRunner(link);
        this.retryingScripts = LimitScriptRunner.retrying(link);
        this.denials = denials;
    }

    @Override
    public CompletionStage<Decision<CheckDecision>> check(String tenant, Check check, Deadline deadline) {
        var pending = prepare(tenant, check);
        var decided = pending.immediateDecision();
        return decided != null
                ? CompletableFuture.completedStage(new Decided<>(decided, Source.REDIS))
                : run(pending.request(), deadline)
                        .thenApply(decision -> decision.map(
                                outcomes -> pending.decide(outcomes).decision()));
    }

    /** Runs an operation on at least one counted limit. Returns the outcome of each. */
    private CompletionStage<Decision<List<Outcome>>> run(SlotRequest request, Deadline deadline) {
        boolean spansSlots = request.spansSlots();
        var scripts = request.hold() == null ? this.scripts : retryingScripts;
        if (spansSlots && link.isClustered()) {
            return new ScatteredCheck(scripts, request, deadline).run();
        }
        var replied = request.goesByCalendar() || request.hold() != null
                ? scripts.run(request, deadline)
                : link.run(request.at(0), deadline);
        if (!spansSlots) {
            return replied.thenApply(reply -> Decision.of(reply.map(request::outcomes)));
        }
        return replied.thenCompose(reply -> isCrossSlot(reply)
                ? new ScatteredCheck(scripts, request, deadline).run()
                : CompletableFuture.completedStage(Decision.of(reply.map(request::outcomes))));
    }

    /** Prepares a check of one subject. The caller runs it together with other scripts. */
    public PendingCheck prepare(String tenant, Check check) {
        return new PendingCheck(tenant, check, request(operation(check), tenant, check, null), denials);
    }

    /**
     * Prepares a check of a subject given by its {@link HashTag}, whatever subject {@code check} names. It ignores cached
     * denials, because a caller that sends a tag need not be the denied subject.
     */
    public PendingCheck prepareForTag(String tenant, String tag, Check check) {
        return new PendingCheck(tenant, check, request(operation(check), tenant, check, tag), null);
    }

    /**
     * Returns whether the link mistook a cluster for a single server. Nothing was charged, so another request is safe.
     */
    private static boolean isCrossSlot(Reply<?> reply) {
        return reply instanceof Refused<?>(var code) && code.equals("CROSSSLOT");
    }

    @Override
    public CompletionStage<Decision<CheckDecision>> refund(String tenant, Check charges, Deadline deadline) {
        return correct(tenant, charges, Operation.REFUND, deadline);
    }

    @Override
    public CompletionStage<Decision<LimitDecision>> settle(String tenant, Settlement settlement, Deadline deadline) {
        var difference = new Check(List.of(settlement.difference()), Mode.ALL);
        var operation = settlement.isDearer() ? Operation.CHARGE : Operation.REFUND;
        return correct(tenant, difference, operation, deadline)
                .thenApply(decision -> decision.map(state -> state.limits().getFirst()));
    }

    private CompletionStage<Decision<CheckDecision>> correct(
            String tenant, Check charges, Operation operation, Deadline deadline) {
        var request = request(operation, tenant, charges, null);
        CompletionStage<Decision<List<Outcome>>> corrected = request.charges().isEmpty()
                ? CompletableFuture.completedStage(new Decided<>(List.of(), Source.REDIS))
                : run(request, deadline);
        return corrected
                .thenApply(decision ->
                        decision.map(outcomes -> CheckDecision.corrected(charges, Outcome.decisions(outcomes))))
                .whenComplete((_, _) -> charges.limits()
                        .forEach(
                                limited -> forgetDenials(tenant, limited.limit().name(), limited.subject())));
    }

    @Override
    public CompletionStage<Decision<Optional<LimitDecision>>> settleHold(
            String tenant, Settlement.OfHold settlement, Deadline deadline) {
        var limit = settlement.limit();
        if (!limit.isCounted()) {
            return CompletableFuture.completedStage(
                    new Decided<>(Optional.of(LimitDecision.left(limit)), Source.REDIS));
        }
        var actual = new LimitedSubject(limit, settlement.subject(), settlement.actual());
        var charge = charge(tenant, actual, ChargeTerms.correcting(actual.cost()), null);
        var terms = new HoldTerms(HashTag.of(settlement.holdId()), 0, false);
        var settling = new SlotRequest(Operation.SETTLE, List.of(charge), terms);
        return retryingScripts
                .run(settling, deadline)
                .thenApply(reply -> Decision.of(reply.map(values -> {
                    boolean isSettled = values.has(1, "settled") || limit.shadow();
                    var left = settling.outcomes(values).getFirst().decision();
                    return isSettled ? Optional.of(left) : Optional.<LimitDecision>empty();
                })))
                .whenComplete((_, _) -> forgetDenials(tenant, limit.name(), settlement.subject()));
    }

    @Override
    public CompletionStage<Decision<Boolean>> reset(String tenant, String name, String subject, Deadline deadline) {
        var key = key(tenant, HashTag.of(subject), name);
        return link.run(ScriptCall.of(RESET).key(key), deadline)
                .thenApply(reply -> Decision.of(reply.map(values -> values.has(0, "reset"))))
                .whenComplete((_, _) -> forgetDenials(tenant, name, subject));
    }

    /**
     * Returns the request for the counted limits of {@code check}, in its order.
     *
     * @param tag the tag of all subjects; null to derive it from each
     */
    private SlotRequest request(Operation operation, String tenant, Check check, @Nullable String tag) {
        var charges = new ArrayList<LimitCharge>(check.limits().size());
        for (var limited : check.counted()) {
            charges.add(charge(tenant, limited, check.terms(limited), tag));
        }
        return new SlotRequest(operation, charges, HoldTerms.of(check.hold()));
    }

    private LimitCharge charge(String tenant, LimitedSubject limited, ChargeTerms terms, @Nullable String tag) {
        var limit = limited.limit();
        var ofSubject = tag == null ? HashTag.of(limited.subject()) : tag;
        var key = key(tenant, ofSubject, limit.name());
        return new LimitCharge(key, ofSubject, algorithms.get(limit), terms, null);
    }

    private static String key(String tenant, String tag, String name) {
        return "gh:{" + tenant + ":" + tag + "}:rl:" + name;
    }

    private static Operation operation(Check check) {
        if (check.mode() == Mode.EACH) {
            return Operation.CHECK_EACH;
        }
        return check.isDeniedUncounted() ? Operation.CHECK_NONE : Operation.CHECK_ALL;
    }

    private void forgetDenials(String tenant, String name, String subject) {
        if (denials != null) {
            denials.forget(tenant, name, subject);
        }
    }
}
