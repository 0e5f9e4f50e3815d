// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer;

import dev.gatehouse.apikeys.GuardedIssuedKeys;
import dev.gatehouse.apikeys.IssuedKeyCache;
import dev.gatehouse.apikeys.KeyVerifier;
import dev.gatehouse.apikeys.LocalIssuedKeys;
import dev.gatehouse.apikeys.PresentedKey;
import dev.gatehouse.apikeys.RedisIssuedKeys;
import dev.gatehouse.authorizer.Access.ForeignOrigin;
import dev.gatehouse.authorizer.Access.WithKey;
import dev.gatehouse.authorizer.Access.WithSession;
import dev.gatehouse.authorizer.Authorization.Unauthorized;
import dev.gatehouse.authorizer.AuthorizationRequest.LimitListener;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.fallback.Outage;
import dev.gatehouse.ratelimit.DenialCache;
import dev.gatehouse.ratelimit.GuardedRateLimiter;
import dev.gatehouse.ratelimit.RateLimiter;
import dev.gatehouse.ratelimit.policy.DeclaredPolicies;
import dev.gatehouse.ratelimit.policy.LocalPolicies;
import dev.gatehouse.ratelimit.policy.Policies;
import dev.gatehouse.ratelimit.policy.PolicySnapshot;
import dev.gatehouse.ratelimit.policy.RedisPolicies;
import dev.gatehouse.ratelimit.telemetry.LimitReporter;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.session.GuardedSessions;
import dev.gatehouse.session.LocalSessions;
import dev.gatehouse.session.RedisSessions;
import dev.gatehouse.session.SessionCache;
import dev.gatehouse.session.SessionStore;
import dev.gatehouse.session.SessionToken;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Authorizes the requests to one tenant's API by its settings.
 *
 * <p>Policies named in the settings are cached as {@link Policies} specifies, so they cost no round trip. An override
 * of a policy for the user or the address applies. If a named policy does not exist, no request is decided: a misspelt
 * name must not lift the limit.
 */
public final class RequestAuthorizer {

    private static final Logger LOG = LoggerFactory.getLogger(RequestAuthorizer.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final AuthorizerSettings settings;
    private final Authorizer authorizer;
    private final Policies policies;
    private final @Nullable KeyAuthorizer keys;
    private final @Nullable LimitReporter reporter;
    private final Set<String> missing = ConcurrentHashMap.newKeySet();

    /** Creates an authorizer that accepts no API keys. */
    public RequestAuthorizer(AuthorizerSettings settings, Authorizer authorizer, Policies policies) {
        this(settings, authorizer, policies, null, null);
        if (settings.origins().isEmpty()) {
            LOG.info(
                    "{} is not set: the cookie {} opens safe methods only, and no WebSocket.",
                    AuthorizerSettings.ORIGINS,
                    Credentials.COOKIE);
        }
    }

    private RequestAuthorizer(
            AuthorizerSettings settings,
            Authorizer authorizer,
            Policies policies,
            @Nullable KeyAuthorizer keys,
            @Nullable LimitReporter reporter) {
        this.settings = settings;
        this.authorizer = authorizer;
        this.policies = policies;
        this.keys = keys;
        this.reporter = reporter;
    }

    /**
     * Returns this authorizer with API keys, for routes that require one.
     *
     * @param limiter decides the limits of addresses
     */
    public RequestAuthorizer withKeys(KeyVerifier verifier, RateLimiter limiter) {
        return new RequestAuthorizer(settings, authorizer, policies, new KeyAuthorizer(verifier, limiter), reporter);
    }

    /** Returns this authorizer, reporting the decisions of limits to {@code reporter}. */
    public RequestAuthorizer reportingTo(LimitReporter reporter) {
        return new RequestAuthorizer(settings, authorizer, policies, keys, reporter);
    }

    /** Creates an authorizer as {@link #over(RedisLink, AuthorizerSettings, DeclaredPolicies)} does, without declared policies. */
    public static RequestAuthorizer over(RedisLink link, AuthorizerSettings settings) {
        return over(link, settings, DeclaredPolicies.NONE);
    }

    /**
     * Creates an authorizer for a process without other users of sessions: on Redis, or in memory if the settings disable
     * Redis. It does not connect.
     *
     * @param declared the policies in force where none of their names are stored
     */
    public static RequestAuthorizer over(RedisLink link, AuthorizerSettings settings, DeclaredPolicies declared) {
        if (!link.settings().enabled()) {
            var limiter = settings.localLimiter();
            return new RequestAuthorizer(
                            settings,
                            new LocalAuthorizer(new LocalSessions(settings.onReuse()), limiter),
                            new LocalPolicies(declared))
                    .withKeys(KeyVerifier.inMemory(new LocalIssuedKeys(), limiter), limiter);
        }
        var cache = settings.sessionCache();
        var sessions = new GuardedSessions(new RedisSessions(link, settings.onReuse()), cache);
        var outage = new Outage(link);
        outage.onRecovery(cache::clear);
        var keyCache = new IssuedKeyCache(settings.cacheKeys() ? IssuedKeyCache.DEFAULT_MAX_BYTES : 0);
        outage.onRecovery(keyCache::clear);
        var policies = new RedisPolicies(link, declared);
        var denials = settings.denials(policies);
        var limiter = settings.limiter(link, denials, outage);
        var verifier =
                KeyVerifier.over(link, new GuardedIssuedKeys(new RedisIssuedKeys(link), keyCache), keyCache, limiter);
        return over(link, settings, sessions, cache, policies, denials, limiter).withKeys(verifier, limiter);
    }

    /**
     * Creates an authorizer that shares sessions and policies with other parts of the process.
     *
     * @param sessions fall back to {@code cache} without a reply of Redis
     * @param outage the outage of {@code link}
     */
    public static RequestAuthorizer over(
            RedisLink link,
            AuthorizerSettings settings,
            SessionStore sessions,
            SessionCache cache,
            Policies policies,
            Outage outage) {
        var denials = settings.denials(policies);
        var limiter = settings.limiter(link, denials, outage);
        return over(link, settings, sessions, cache, policies, denials, limiter);
    }

    private static RequestAuthorizer over(
            RedisLink link,
            AuthorizerSettings settings,
            SessionStore sessions,
            SessionCache cache,
            Policies policies,
            @Nullable DenialCache denials,
            GuardedRateLimiter limiter) {
        var authorizer =
                new GuardedAuthorizer(new RedisAuthorizer(link, denials, settings.onReuse()), sessions, cache, limiter);
        return new RequestAuthorizer(settings, authorizer, policies);
    }

    /** Decides {@code request}. */
    public CompletionStage<Decision<Authorization>> authorize(GatewayRequest request, Deadline deadline) {
        var address = ClientAddress.subject(settings.address().find(request), settings.ipv6Prefix());
        var rule = settings.routes().find(request.method(), request.path());
        var listener = listener(request);
        if (rule.access() instanceof WithKey access) {
            return authorizeKey(rule, access, Credentials.findKey(request), address, listener, deadline);
        }
        var found =
                rule.access() instanceof WithSession ? settings.credentials().find(request) : null;
        if (found == null) {
            return authorize(rule, rule.access(), null, address, listener, deadline);
        }
        return !found.isCookie() || settings.origins().allow(request)
                ? authorize(rule, rule.access(), found.token(), address, listener, deadline)
                : authorize(rule, new ForeignOrigin(), null, address, listener, deadline);
    }

    private LimitListener listener(GatewayRequest request) {
        return reporter == null
                ? LimitListener.NONE
                : (limits, subject, decision) -> {
                    for (int i = 0; i < limits.size(); i++) {
                        var charged = limits.get(i);
                        var made = decision.limits().get(i);
                        reporter.report(
                                settings.tenant(), charged.limit(), subject, made, charged.isStored(), request::trace);
                    }
                };
    }

    private CompletionStage<Decision<Authorization>> authorize(
            RouteRule rule,
            Access access,
            @Nullable SessionToken token,
            String address,
            LimitListener listener,
            Deadline deadline) {
        return withLimits(rule, token == null ? null : token.id().tag(), address, deadline, (ofUser, ofAddress) -> {
            var request =
                    new AuthorizationRequest(access, token, ofUser, address, ofAddress, settings.onLimit(), listener);
            return authorizer.authorize(settings.tenant(), request, deadline);
        });
    }

    private CompletionStage<Decision<Authorization>> authorizeKey(
            RouteRule rule,
            WithKey access,
            @Nullable PresentedKey key,
            String address,
            LimitListener listener,
            Deadline deadline) {
        var tag = key == null ? null : key.ownerTag().orElse(null);
        return withLimits(rule, tag, address, deadline, (ofOwner, ofAddress) -> {
            var request =
                    new AuthorizationRequest(access, null, ofOwner, address, ofAddress, settings.onLimit(), listener);
            return keys == null
                    ? CompletableFuture.completedStage(new Decided<>(new Unauthorized(), Source.REDIS))
                    : keys.authorize(settings.tenant(), request, access, key, deadline);
        });
    }

    /** @param tag the tag of the user or owner; null if there is none, whose limits then do not matter */
    private CompletionStage<Decision<Authorization>> withLimits(
            RouteRule rule,
            @Nullable String tag,
            String address,
            Deadline deadline,
            BiFunction<List<ChargedLimit>, List<ChargedLimit>, CompletionStage<Decision<Authorization>>> decide) {
        if (!rule.hasPolicies()) {
            return resolved(rule, tag, address, PolicySnapshot.EMPTY, decide);
        }
        return policies.snapshot(settings.tenant(), deadline).thenCompose(decision -> switch (decision) {
            case Decided<PolicySnapshot>(var snapshot, var _) -> resolved(rule, tag, address, snapshot, decide);
            case Unavailable<PolicySnapshot>(var retryAfter) ->
                CompletableFuture.completedStage(new Unavailable<>(retryAfter));
        });
    }

    private CompletionStage<Decision<Authorization>> resolved(
            RouteRule rule,
            @Nullable String tag,
            String address,
            PolicySnapshot snapshot,
            BiFunction<List<ChargedLimit>, List<ChargedLimit>, CompletionStage<Decision<Authorization>>> decide) {
        // Without a token or a key there is nobody else to limit.
        var ofUser = tag == null
                ? AuthorizerLimits.Resolved.NONE
                : rule.userLimits().resolve(name -> snapshot.limitForTag(name, tag));
        var ofAddress = rule.addressLimits().resolve(name -> snapshot.limitFor(name, address));
        var lost = ofUser.missing() == null ? ofAddress.missing() : ofUser.missing();
        if (lost != null) {
            if (snapshot.isComplete()) {
                logMissing(lost);
            }
            return CompletableFuture.completedStage(new Unavailable<>(RETRY_AFTER));
        }
        return decide.apply(ofUser.limits(), ofAddress.limits());
    }

    private void logMissing(String policy) {
        if (missing.add(policy)) {
            LOG.error(
                    "Tenant {} has no policy {}, which {}, {} or {} names. No request is decided without it. Logged once.",
                    settings.tenant(),
                    policy,
                    AuthorizerSettings.USER_LIMITS,
                    AuthorizerSettings.IP_LIMITS,
                    AuthorizerSettings.ROUTES);
        }
    }
}
