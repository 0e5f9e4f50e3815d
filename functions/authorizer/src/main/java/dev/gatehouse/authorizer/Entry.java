package dev.gatehouse.authorizer;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.ratelimit.CheckDecision;
import dev.gatehouse.ratelimit.LimitScriptRunner.LimitCall;
import dev.gatehouse.ratelimit.PendingCheck;
import dev.gatehouse.redis.ChainedScripts;
import dev.gatehouse.redis.Reply;
import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.ScriptCall;
import dev.gatehouse.session.Lookup;
import dev.gatehouse.session.RedisSessions;
import dev.gatehouse.session.SessionToken;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks up a session and checks its user's limits in one script call, and reads the reply. */
final class Entry implements LimitCall {

    /** The first element of a lookup's reply if it found a session, whose user's limits are then checked. */
    private static final String FOUND = "found";

    private final SessionToken token;
    private final ScriptCall lookup;
    private final @Nullable PendingCheck ofUser;
    private final @Nullable ChainedScripts pair;
    private final @Nullable CheckDecision known;

    /** @param ofUser null if the user has no limits */
    Entry(SessionToken token, ScriptCall lookup, @Nullable PendingCheck ofUser) {
        this.token = token;
        this.lookup = lookup;
        this.ofUser = ofUser;
        this.known = ofUser == null ? Parts.NO_LIMITS : ofUser.known();
        this.pair = known != null || ofUser == null ? null : ChainedScripts.of(lookup.script(), FOUND, ofUser.script());
    }

    /**
     * The reply of Redis.
     *
     * @param charged the decision of the user's limits; null if they were not checked
     */
    record Said(Decision<Lookup> lookup, Decision<CheckDecision> byUser, PendingCheck.@Nullable Result charged) {}

    @Override
    public ScriptCall at(long micros) {
        return pair == null || ofUser == null ? lookup : pair.call(lookup, ofUser.at(micros));
    }

    @Override
    public @Nullable List<Object> ofLimits(List<Object> reply) {
        return pair == null ? null : pair.secondOf(reply);
    }

    Said read(Reply<List<Object>> reply) {
        var found = Decision.of(
                reply.map(values -> RedisSessions.lookup(token, pair == null ? values : pair.firstOf(values))));
        if (known != null) {
            return new Said(found, Decision.of(reply.map(_ -> known)), null);
        }
        var charged = reply instanceof Answered<List<Object>>(var values) ? charged(values) : null;
        var byUser = charged == null
                ? Decision.of(reply.map(_ -> Parts.NO_LIMITS))
                : new Decided<>(charged.decision(), Source.REDIS);
        return new Said(found, byUser, charged);
    }

    private PendingCheck.@Nullable Result charged(List<Object> values) {
        var limits = ofLimits(values);
        return limits == null || ofUser == null ? null : ofUser.read(limits);
    }
}
