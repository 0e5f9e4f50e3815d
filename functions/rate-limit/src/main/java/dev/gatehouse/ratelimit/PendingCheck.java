package dev.gatehouse.ratelimit;

import dev.gatehouse.ratelimit.LimitCharge.Outcome;
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
        return denials == null ? null : denials.find(tenant, check);
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

    /** Reads the script's reply. */
    public Result read(ScriptReply reply) {
        return decide(request.outcomes(reply));
    }

    /** Returns the result, and caches it if it is a denial. */
    Result decide(List<Outcome> outcomes) {
        var decision = CheckDecision.of(check, Outcome.decisions(outcomes));
        if (denials != null && sent != null && !decision.allowed()) {
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
}
