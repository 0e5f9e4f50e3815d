package dev.gatehouse.ratelimit;

import dev.gatehouse.ratelimit.LimitCharge.Outcome;
import dev.gatehouse.ratelimit.SlotCharges.Charging;
import dev.gatehouse.redis.Script;
import dev.gatehouse.redis.ScriptCall;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One check of one subject, so of one slot, about to be asked of Redis: the script's call and the reading of its reply. */
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

    /** What Redis need not be asked for: nothing has to be counted, or it is known to deny; else null. */
    public @Nullable CheckDecision known() {
        if (charges.charges().isEmpty()) {
            return CheckDecision.of(check, List.of());
        }
        return denials == null ? null : denials.find(tenant, check);
    }

    /** The script of the call. */
    public Script script() {
        return charges.checkScript();
    }

    /** The call, where something is to be counted. It must not be run twice, but for a script that saw no fitting window. */
    public ScriptCall at(long micros) {
        return charges.check(charging, micros);
    }

    /** Reads what the script said. */
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

    /** What Redis decided. */
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

        /** Whether there is anything to take back. */
        public boolean hasCharged() {
            return !charged.isEmpty();
        }

        /** Takes back what was charged a moment ago. */
        public ScriptCall takeBackAt(long micros) {
            return SlotCharges.takeBack(charged, micros);
        }
    }
}
