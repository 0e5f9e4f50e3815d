package dev.gatehouse.ratelimit;

import dev.gatehouse.ratelimit.LimitCharge.Outcome;
import dev.gatehouse.ratelimit.SlotCharges.Charging;
import dev.gatehouse.redis.Script;
import dev.gatehouse.redis.ScriptCall;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A pending check of one subject, so of one slot: builds the script call and reads its reply. */
public final class SlotCheck {

    private final String tenant;
    private final Check check;
    private final SlotCharges charges;
    private final Charging charging;
    private final @Nullable DenialCache denials;
    private final DenialCache.@Nullable Asked asked;

    SlotCheck(String tenant, Check check, SlotCharges charges, @Nullable DenialCache denials) {
        this.tenant = tenant;
        this.check = check;
        this.charges = charges;
        this.charging = RedisRateLimiter.charging(check);
        this.denials = denials;
        this.asked = denials == null ? null : denials.asked();
    }

    /**
     * Returns the decision if Redis is not needed, because nothing is counted or a cached denial applies; otherwise
     * null.
     */
    public @Nullable CheckDecision known() {
        if (charges.charges().isEmpty()) {
            return CheckDecision.of(check, List.of());
        }
        return denials == null ? null : denials.find(tenant, check);
    }

    /** Returns the script of the call. */
    public Script script() {
        return charges.checkScript();
    }

    /**
     * Returns the call, if any limit is counted. It must run only once, unless the script reported its windows
     * outdated.
     */
    public ScriptCall at(long micros) {
        return charges.check(charging, micros);
    }

    /** Reads the script's reply. */
    public Decided read(List<Object> reply) {
        var outcomes = charges.outcomes(charging, reply);
        var decision = CheckDecision.of(check, outcomes);
        if (denials != null && asked != null) {
            denials.note(tenant, check, outcomes, decision, asked);
        }
        return new Decided(
                decision,
                outcomes.stream()
                        .filter(outcome -> outcome.charged() && outcome.charge().units() > 0)
                        .toList());
    }

    /** A decision by Redis. */
    public static final class Decided {

        private final CheckDecision decision;
        private final List<Outcome> charged;

        private Decided(CheckDecision decision, List<Outcome> charged) {
            this.decision = decision;
            this.charged = charged;
        }

        public CheckDecision decision() {
            return decision;
        }

        /** Returns whether there is a charge to take back. */
        public boolean hasCharged() {
            return !charged.isEmpty();
        }

        /** Returns the call that takes back the recent charge. */
        public ScriptCall takeBackAt(long micros) {
            return SlotCharges.takeBack(charged, micros);
        }
    }
}
