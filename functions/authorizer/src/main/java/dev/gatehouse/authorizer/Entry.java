package dev.gatehouse.authorizer;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.ratelimit.CheckDecision;
import dev.gatehouse.ratelimit.LimitScripts.LimitCall;
import dev.gatehouse.ratelimit.SlotCheck;
import dev.gatehouse.redis.ChainedScripts;
import dev.gatehouse.redis.Reply;
import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.ScriptCall;
import dev.gatehouse.session.Lookup;
import dev.gatehouse.session.RedisSessions;
import dev.gatehouse.session.SessionToken;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A session's lookup and, in the same script, the check of its user's limits: what is said to Redis, and its reply. */
final class Entry implements LimitCall {

    /** The word with which the lookup's reply begins when there is a session whose user's limits are to be checked. */
    private static final String FOUND = "found";

    private final SessionToken token;
    private final ScriptCall lookup;
    private final @Nullable SlotCheck ofUser;
    private final @Nullable ChainedScripts pair;
    private final @Nullable CheckDecision known;

    /** @param ofUser null: the user has no limits */
    Entry(SessionToken token, ScriptCall lookup, @Nullable SlotCheck ofUser) {
        this.token = token;
        this.lookup = lookup;
        this.ofUser = ofUser;
        this.known = ofUser == null ? Parts.NO_LIMITS : ofUser.known();
        this.pair = known != null || ofUser == null ? null : ChainedScripts.of(lookup.script(), FOUND, ofUser.script());
    }

    /**
     * What Redis said.
     *
     * @param charged what the user's limits decided; null where they were not asked
     */
    record Said(Decision<Lookup> lookup, Decision<CheckDecision> byUser, SlotCheck.@Nullable Decided charged) {}

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

    private SlotCheck.@Nullable Decided charged(List<Object> values) {
        var limits = ofLimits(values);
        return limits == null || ofUser == null ? null : ofUser.read(limits);
    }
}
