// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer;

import static dev.gatehouse.authorizer.AuthorizationSteps.NO_LIMITS;
import static dev.gatehouse.authorizer.AuthorizationSteps.NO_REFUND;

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
import dev.gatehouse.redis.Reply;
import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.ScriptReply;
import dev.gatehouse.session.Lookup;
import dev.gatehouse.session.RedisSessions;
import dev.gatehouse.session.TokenReuse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
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

    /** The time limit of a refund, which may run past the deadline. */
    private static final Duration REFUND = Duration.ofMillis(250);

    private final RedisSessions sessions;
    private final RedisRateLimiter limiter;
    private final LimitScriptRunner scripts;

    /**
     * Creates an authorizer on {@code link}.
     *
     * @param denials the denials of Redis that still apply; null to query Redis each time
     */
    public RedisAuthorizer(RedisLink link, @Nullable DenialCache denials, TokenReuse onReuse) {
        this.sessions = new RedisSessions(link, onReuse);
        this.limiter = new RedisRateLimiter(link, denials);
        this.scripts = new LimitScriptRunner(link);
    }

    @Override
    public CompletionStage<Decision<Authorization>> authorize(
            String tenant, AuthorizationRequest request, Deadline deadline) {
        return send(tenant, request, deadline).thenCompose(reply -> reply.authorize(request));
    }

    /** Returns the results of all steps of {@code request}. */
    CompletionStage<AuthorizationReply> send(String tenant, AuthorizationRequest request, Deadline deadline) {
        var check = request.addressCheck();
        var address = check == null ? null : limiter.prepare(tenant, check);
        var immediate = address == null ? NO_LIMITS : address.immediateDecision();
        var isDenied = immediate != null && !immediate.allowed() && request.isDeniedOnLimit();
        var session = isDenied ? null : sessionCall(tenant, request);
        var calls = new ArrayList<LimitCall>(2);
        if (session != null) {
            calls.add(session);
        }
        if (immediate == null && address != null) {
            calls.add(address::at);
        }
        return scripts.runAll(calls, deadline).thenApply(replies -> {
            var byAddress = immediate == null && address != null
                    ? Decision.of(replies.getLast().map(address::read)).map(PendingCheck.Result::decision)
                    : decided(immediate == null ? NO_LIMITS : immediate);
            return session == null
                    ? new AuthorizationReply(
                            byAddress, decided(new Lookup.Invalid()), decided(NO_LIMITS), () -> NO_REFUND)
                    : reply(byAddress, session, replies.getFirst(), deadline);
        });
    }

    private @Nullable SessionCall sessionCall(String tenant, AuthorizationRequest request) {
        var token = request.token();
        if (token == null) {
            return null;
        }
        var tag = token.id().tag();
        var check = request.userCheck(tag);
        return new SessionCall(
                sessions, tenant, token, check == null ? null : limiter.prepareForTag(tenant, tag, check));
    }

    private AuthorizationReply reply(
            Decision<CheckDecision> byAddress, SessionCall call, Reply<ScriptReply> reply, Deadline deadline) {
        var charged = reply instanceof Answered<ScriptReply>(var values) ? call.charged(values) : null;
        return new AuthorizationReply(
                byAddress,
                Decision.of(reply.map(call::lookup)),
                Decision.of(reply.map(_ -> charged == null ? call.uncharged() : charged.decision())),
                () -> charged == null || !charged.hasCharged() ? NO_REFUND : refund(charged, deadline));
    }

    /** Completes after the refund, since Lambda may freeze the function once it has responded, or at the deadline. */
    private CompletionStage<?> refund(PendingCheck.Result charged, Deadline deadline) {
        return scripts.runAll(List.of(charged::undoAt), Deadline.in(REFUND))
                .completeOnTimeout(List.of(), deadline.remainingNanos(), TimeUnit.NANOSECONDS);
    }

    private static <T> Decision<T> decided(T decision) {
        return new Decided<>(decision, Source.REDIS);
    }
}
