package dev.gatehouse.authorizer;

import dev.gatehouse.authorizer.Access.ForeignOrigin;
import dev.gatehouse.authorizer.Access.WithSession;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.fallback.Outage;
import dev.gatehouse.ratelimit.DenialCache;
import dev.gatehouse.ratelimit.GuardedRateLimiter;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.RedisRateLimiter;
import dev.gatehouse.ratelimit.policy.LocalPolicies;
import dev.gatehouse.ratelimit.policy.Policies;
import dev.gatehouse.ratelimit.policy.PolicySnapshot;
import dev.gatehouse.ratelimit.policy.RedisPolicies;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.session.GuardedSessions;
import dev.gatehouse.session.LocalSessions;
import dev.gatehouse.session.RedisSessions;
import dev.gatehouse.session.SessionCache;
import dev.gatehouse.session.SessionStore;
import dev.gatehouse.session.SessionToken;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
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
    private final Set<String> missing = ConcurrentHashMap.newKeySet();

    public RequestAuthorizer(AuthorizerSettings settings, Authorizer authorizer, Policies policies) {
        this.settings = settings;
        this.authorizer = authorizer;
        this.policies = policies;
        if (settings.origins().isEmpty()) {
            LOG.info(
                    "{} is not set: the cookie {} opens safe methods only, and no WebSocket.",
                    AuthorizerSettings.ORIGINS,
                    Credentials.COOKIE);
        }
    }

    /**
     * Creates an authorizer for a process without other users of sessions: on Redis, or in memory if the settings disable
     * Redis. It does not connect.
     */
    public static RequestAuthorizer over(RedisLink link, AuthorizerSettings settings) {
        if (!link.settings().enabled()) {
            return new RequestAuthorizer(
                    settings,
                    new LocalAuthorizer(new LocalSessions(settings.onReuse()), settings.localLimiter()),
                    new LocalPolicies());
        }
        var cache = settings.sessionCache();
        var sessions = new GuardedSessions(new RedisSessions(link, settings.onReuse()), cache);
        var outage = new Outage(link);
        outage.onRecovery(cache::clear);
        return over(link, settings, sessions, cache, new RedisPolicies(link), outage);
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
        var local = settings.localLimiter();
        outage.onRecovery(local::clear);
        var denials = settings.cacheDenials() ? new DenialCache() : null;
        if (denials != null) {
            policies.onChange(denials::clear); // A change of policy may make a denial void.
        }
        var limiter = new GuardedRateLimiter(new RedisRateLimiter(link), local, settings.limitsWhenDown());
        var authorizer =
                new GuardedAuthorizer(new RedisAuthorizer(link, denials, settings.onReuse()), sessions, cache, limiter);
        return new RequestAuthorizer(settings, authorizer, policies);
    }

    /** Decides {@code request}. */
    public CompletionStage<Decision<Authorization>> authorize(GatewayRequest request, Deadline deadline) {
        var address = ClientAddress.subject(settings.address().find(request), settings.ipv6Prefix());
        var rule = settings.routes().find(request.method(), request.path());
        var found =
                rule.access() instanceof WithSession ? settings.credentials().find(request) : null;
        if (found == null) {
            return authorize(rule, rule.access(), null, address, deadline);
        }
        return !found.isCookie() || settings.origins().allow(request)
                ? authorize(rule, rule.access(), found.token(), address, deadline)
                : authorize(rule, new ForeignOrigin(), null, address, deadline);
    }

    private CompletionStage<Decision<Authorization>> authorize(
            RouteRule rule, Access access, @Nullable SessionToken token, String address, Deadline deadline) {
        if (!rule.hasPolicies()) {
            return authorize(rule, access, token, address, _ -> null, _ -> null, deadline);
        }
        return policies.snapshot(settings.tenant(), deadline).thenCompose(decision -> switch (decision) {
            case Decided<PolicySnapshot>(var snapshot, var _) ->
                authorize(
                        rule,
                        access,
                        token,
                        address,
                        name -> token == null
                                ? null
                                : snapshot.limitForTag(name, token.id().tag()),
                        name -> snapshot.limitFor(name, address),
                        deadline);
            case Unavailable<PolicySnapshot>(var retryAfter) ->
                CompletableFuture.completedStage(new Unavailable<>(retryAfter));
        });
    }

    private CompletionStage<Decision<Authorization>> authorize(
            RouteRule rule,
            Access access,
            @Nullable SessionToken token,
            String address,
            Function<String, @Nullable Limit> userPolicies,
            Function<String, @Nullable Limit> addressPolicies,
            Deadline deadline) {
        // Without a token there is no user to limit.
        var ofUser = (token == null ? AuthorizerLimits.NONE : rule.userLimits()).resolve(userPolicies);
        var ofAddress = rule.addressLimits().resolve(addressPolicies);
        var lost = ofUser.missing() == null ? ofAddress.missing() : ofUser.missing();
        if (lost != null) {
            logMissing(lost);
            return CompletableFuture.completedStage(new Unavailable<>(RETRY_AFTER));
        }
        var request = new AuthorizationRequest(
                access, token, ofUser.limits(), address, ofAddress.limits(), settings.onLimit());
        return authorizer.authorize(settings.tenant(), request, deadline);
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
