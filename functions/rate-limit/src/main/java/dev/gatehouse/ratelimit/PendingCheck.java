// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

import dev.gatehouse.ratelimit.LimitCharge.Outcome;
import dev.gatehouse.ratelimit.LimitScriptRunner.LimitCall;
import dev.gatehouse.redis.ChainedScripts;
import dev.gatehouse.redis.Script;
import dev.gatehouse.redis.ScriptCall;
import dev.gatehouse.redis.ScriptReply;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A check that is to be decided by one script call: builds the call and reads its reply. */
public final class PendingCheck {

    private final String tenant;
    private final Check check;
    private final SlotRequest request;
    private final @Nullable DenialCache denials;
    private final DenialCache.@Nullable Stamp sent;

    PendingCheck(String tenant, Check check, SlotRequest request, @Nullable DenialCache denials) {
        this.tenant = tenant;
        this.check = check;
        this.request = request;
        this.denials = denials;
        this.sent = denials == null ? null : denials.stamp();
    }

    SlotRequest request() {
        return request;
    }

    /**
     * Returns the decision if Redis is not needed, because nothing is counted or a cached denial applies; otherwise
     * null.
     */
    public @Nullable CheckDecision immediateDecision() {
        if (request.charges().isEmpty()) {
            return CheckDecision.of(check, List.of());
        }
        // A hold may exist from before the denial.
        return denials == null || check.hold() != null ? null : denials.find(tenant, check);
    }

    /** Returns the script of the call. */
    public Script script() {
        return request.script();
    }

    /**
     * Returns the call, if any limit is counted. It must run only once, unless the script reported its windows
     * outdated.
     */
    public ScriptCall at(long micros) {
        return request.at(micros);
    }

    /**
     * Returns the call of a lookup, which charges this check if the reply of the lookup begins with {@code word}: in one
     * atomic script, whose keys are in one slot.
     *
     * @param lookup must be safe to repeat
     */
    public static Chained after(ScriptCall lookup, String word, @Nullable PendingCheck check) {
        return new Chained(lookup, word, check);
    }

    /** Reads the script's reply. */
    public Result read(ScriptReply reply) {
        return decide(request.outcomes(reply));
    }

    /** Returns the result, and caches it if it is a denial. */
    Result decide(List<Outcome> outcomes) {
        var decision = CheckDecision.of(check, Outcome.decisions(outcomes)).heldUntil(Outcome.heldUntil(outcomes));
        if (denials != null && sent != null && !decision.allowed() && check.hold() == null) {
            denials.put(tenant, check, outcomes, decision, sent);
        }
        return new Result(decision, outcomes);
    }

    /** A decision by Redis. */
    public static final class Result {

        private final CheckDecision decision;
        private final List<Outcome> outcomes;

        private Result(CheckDecision decision, List<Outcome> outcomes) {
            this.decision = decision;
            this.outcomes = outcomes;
        }

        public CheckDecision decision() {
            return decision;
        }

        /** Returns whether there is a charge to undo. */
        public boolean hasCharged() {
            return outcomes.stream().anyMatch(Outcome::hasCharged);
        }

        /** Returns the call that undoes the recent charge. */
        public ScriptCall undoAt(long micros) {
            return SlotRequest.undoing(outcomes).at(micros);
        }
    }

    /** A lookup and a check that depends on its outcome. */
    public static final class Chained implements LimitCall {

        private final ScriptCall lookup;
        private final @Nullable CheckDecision known;
        private final @Nullable PendingCheck check;
        private final @Nullable ChainedScripts scripts;

        private Chained(ScriptCall lookup, String word, @Nullable PendingCheck check) {
            this.lookup = lookup;
            this.known = check == null ? CheckDecision.of(List.of()) : check.immediateDecision();
            this.check = known == null ? check : null;
            this.scripts = this.check == null ? null : ChainedScripts.of(lookup.script(), word, this.check.script());
        }

        @Override
        public ScriptCall at(long micros) {
            return check == null || scripts == null ? lookup : scripts.call(lookup, check.at(micros));
        }

        @Override
        public @Nullable ScriptReply ofLimits(ScriptReply reply) {
            return scripts == null ? null : scripts.secondOf(reply);
        }

        /** Returns the reply of the lookup. */
        public ScriptReply ofLookup(ScriptReply reply) {
            return scripts == null ? reply : scripts.firstOf(reply);
        }

        /** Returns the result of the check; null if the call did not charge it. */
        public @Nullable Result charged(ScriptReply reply) {
            var limits = ofLimits(reply);
            return limits == null || check == null ? null : check.read(limits);
        }

        /** Returns the decision of the check, which was charged if Redis was needed for it. */
        public CheckDecision decision(ScriptReply reply) {
            var charged = charged(reply);
            return charged != null ? charged.decision() : known != null ? known : CheckDecision.of(List.of());
        }
    }
}
