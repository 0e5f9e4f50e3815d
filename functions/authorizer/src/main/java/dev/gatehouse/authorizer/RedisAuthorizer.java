package dev.gatehouse.authorizer;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.ratelimit.CheckDecision;
import dev.gatehouse.ratelimit.DenialCache;
import dev.gatehouse.ratelimit.LimitScriptRunner;
import dev.gatehouse.ratelimit.LimitScriptRunner.LimitCall;
import dev.gatehouse.ratelimit.PendingCheck;
import dev.gatehouse.ratelimit.RedisRateLimiter;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.session.RedisSessions;
import dev.gatehouse.session.SessionToken;
import dev.gatehouse.session.Touch;
import java.util.ArrayList;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Decides on Redis in one round trip, or without one if a cached denial of the address applies.
 *
 * <table>
 * <caption>The commands, all in one flush</caption>
 * <tr><td>a token, and limits of the user</td>
 *     <td>{@code EVALSHA lookup-check}: runs {@code lookup.lua} and, if it finds the session, {@code check.lua}, atomically;
 *     the keys of both are in the user's slot</td></tr>
 * <tr><td>a token, and no limits of the user</td><td>{@code EVALSHA lookup.lua}</td></tr>
 * <tr><td>limits of the address</td><td>{@code EVALSHA check.lua} over its keys</td></tr>
 * <tr><td>a denial by the address, where the user was charged</td>
 *     <td>then {@code EVALSHA adjust.lua}, which refunds the charge</td></tr>
 * </table>
 *
 * <p>Before the lookup, only the tag in the token identifies the user, which suffices for the keys of the user's limits. A
 * forged tag finds no session, and so charges no user.
 */
public final class RedisAuthorizer implements Authorizer {

    private final RedisRateLimiter limiter;
    private final LimitScriptRunner scripts;

    /**
     * Creates an authorizer on {@code link}.
     *
     * @param denials the denials of Redis that still apply; null to query Redis each time
     */
    public RedisAuthorizer(RedisLink link, @Nullable DenialCache denials) {
        this.limiter = new RedisRateLimiter(link, denials);
        this.scripts = new LimitScriptRunner(link);
    }

    @Override
    public CompletionStage<Decision<Authorization>> authorize(
            String tenant, AuthorizationRequest request, Deadline deadline) {
        return ask(tenant, request, deadline).thenCompose(parts -> parts.decide(request));
    }

    /** Returns the reply of Redis for each part of {@code request}. */
    CompletionStage<RedisParts> ask(String tenant, AuthorizationRequest request, Deadline deadline) {
        var ofAddress = request.addressLimits().isEmpty()
                ? null
                : limiter.prepare(tenant, request.address(), request.addressLimits());
        var known = ofAddress == null ? Parts.NO_LIMITS : ofAddress.known();
        var denied = known != null && !known.allowed() && request.isDeniedOnLimit();
        var token = request.token();
        var entry = denied || token == null ? null : entry(tenant, token, request);
        var calls = new ArrayList<LimitCall>(2);
        if (entry != null) {
            calls.add(entry);
        }
        if (known == null && ofAddress != null) {
            calls.add(ofAddress::at);
        }
        return scripts.runAll(calls, deadline).thenApply(replies -> {
            Decision<CheckDecision> byAddress = known != null || ofAddress == null
                    ? new Decided<>(known == null ? Parts.NO_LIMITS : known, Source.REDIS)
                    : Decision.of(replies.getLast().map(ofAddress::read)).map(PendingCheck.Result::decision);
            var said = entry == null ? null : entry.read(replies.getFirst());
            return new RedisParts(scripts, deadline, byAddress, said);
        });
    }

    private Entry entry(String tenant, SessionToken token, AuthorizationRequest request) {
        var lookup = RedisSessions.lookupCall(tenant, token, Touch.TOUCH);
        var limits = request.userLimits();
        return new Entry(
                token,
                lookup,
                limits.isEmpty()
                        ? null
                        : limiter.prepareForTag(tenant, token.id().tag(), limits));
    }
}
