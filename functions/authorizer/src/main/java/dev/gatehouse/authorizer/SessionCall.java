// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer;

import dev.gatehouse.ratelimit.CheckDecision;
import dev.gatehouse.ratelimit.LimitScriptRunner.LimitCall;
import dev.gatehouse.ratelimit.PendingCheck;
import dev.gatehouse.redis.ChainedScripts;
import dev.gatehouse.redis.ScriptCall;
import dev.gatehouse.redis.ScriptReply;
import dev.gatehouse.session.Lookup;
import dev.gatehouse.session.RedisSessions;
import dev.gatehouse.session.SessionToken;
import dev.gatehouse.session.Touch;
import org.jspecify.annotations.Nullable;

/** Looks up a session and, if Redis finds it, charges its user's limits: in one script call. */
final class SessionCall implements LimitCall {

    /** The first element of a lookup's reply if it found a session. */
    private static final String FOUND = "found";

    private final RedisSessions sessions;
    private final SessionToken token;
    private final ScriptCall lookup;
    private final CheckDecision uncharged;
    private final @Nullable Charge charge;

    private record Charge(PendingCheck limits, ChainedScripts scripts) {}

    /** @param limits null if the user has no limits */
    SessionCall(RedisSessions sessions, String tenant, SessionToken token, @Nullable PendingCheck limits) {
        this.sessions = sessions;
        this.token = token;
        this.lookup = sessions.lookupCall(tenant, token, Touch.TOUCH);
        var immediate = limits == null ? AuthorizationSteps.NO_LIMITS : limits.immediateDecision();
        this.uncharged = immediate == null ? AuthorizationSteps.NO_LIMITS : immediate;
        this.charge = immediate == null && limits != null
                ? new Charge(limits, ChainedScripts.of(lookup.script(), FOUND, limits.script()))
                : null;
    }

    @Override
    public ScriptCall at(long micros) {
        return charge == null ? lookup : charge.scripts.call(lookup, charge.limits.at(micros));
    }

    @Override
    public @Nullable ScriptReply ofLimits(ScriptReply reply) {
        return charge == null ? null : charge.scripts.secondOf(reply);
    }

    Lookup lookup(ScriptReply reply) {
        return sessions.lookup(token, charge == null ? reply : charge.scripts.firstOf(reply));
    }

    /** Returns the decision of limits that this call does not charge. */
    CheckDecision uncharged() {
        return uncharged;
    }

    /** Returns the decision of the user's limits; null if this call did not charge them. */
    PendingCheck.@Nullable Result charged(ScriptReply reply) {
        var limits = ofLimits(reply);
        return limits == null || charge == null ? null : charge.limits.read(limits);
    }
}
