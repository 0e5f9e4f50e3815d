// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer;

import dev.gatehouse.authorizer.AuthorizationRequest.OnLimit;
import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.fallback.Outage;
import dev.gatehouse.ratelimit.DenialCache;
import dev.gatehouse.ratelimit.GuardedRateLimiter;
import dev.gatehouse.ratelimit.LocalRateLimiter;
import dev.gatehouse.ratelimit.RedisRateLimiter;
import dev.gatehouse.ratelimit.policy.Policies;
import dev.gatehouse.redis.MicroClock;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.InvalidSetting;
import dev.gatehouse.session.SessionCache;
import dev.gatehouse.session.TokenReuse;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a {@link RequestAuthorizer}.
 *
 * @param tenant the owner of sessions and limits: the tenant of the API key that creates the sessions
 * @param address the place of a caller's address
 * @param routes the access and the limits of each route
 * @param ipv6Prefix the length in bits of the IPv6 networks that the limits of addresses count
 * @param credentials the places that may hold a request's token
 * @param origins the origins from which a cookie opens unsafe requests
 * @param onLimit the effect of a limit without room
 * @param limitsWhenDown the fallback policy of limits without one of their own, while Redis does not reply
 * @param localShare the number of processes among which a limit is divided meanwhile
 * @param cacheSessions whether recently read sessions are found in memory meanwhile
 * @param cacheKeys whether recently verified API keys are found in memory meanwhile
 * @param onReuse the reaction to the reuse of a replaced token
 * @param cacheDenials whether a denied address is denied from memory until it has room again
 */
public record AuthorizerSettings(
        String tenant,
        RouteTable routes,
        AddressSource address,
        int ipv6Prefix,
        Credentials credentials,
        AllowedOrigins origins,
        OnLimit onLimit,
        FallbackPolicy limitsWhenDown,
        int localShare,
        boolean cacheSessions,
        boolean cacheKeys,
        TokenReuse onReuse,
        boolean cacheDenials) {

    public static final String TENANT = "GATEHOUSE_TENANT";
    public static final String USER_LIMITS = "GATEHOUSE_AUTHORIZER_USER_LIMITS";
    public static final String IP_LIMITS = "GATEHOUSE_AUTHORIZER_IP_LIMITS";
    static final String ROUTES = "GATEHOUSE_AUTHORIZER_ROUTES";
    public static final String ADDRESS = "GATEHOUSE_AUTHORIZER_ADDRESS";
    private static final String IPV6_PREFIX = "GATEHOUSE_AUTHORIZER_IPV6_PREFIX";
    private static final String TOKEN_HEADER = "GATEHOUSE_AUTHORIZER_TOKEN_HEADER";
    public static final String ORIGINS = "GATEHOUSE_AUTHORIZER_ORIGINS";
    private static final String OVER_LIMIT = "GATEHOUSE_AUTHORIZER_OVER_LIMIT";
    private static final String LIMITS_WHEN_DOWN = "GATEHOUSE_RATE_LIMIT_WHEN_DOWN";
    private static final String LOCAL_SHARE = "GATEHOUSE_LOCAL_SHARE";
    private static final String SESSIONS_WHEN_DOWN = "GATEHOUSE_SESSIONS_WHEN_DOWN";
    private static final String ISSUED_KEYS_WHEN_DOWN = "GATEHOUSE_ISSUED_KEYS_WHEN_DOWN";
    private static final String REMEMBER_DENIALS = "GATEHOUSE_REMEMBER_DENIALS";

    private static final Pattern TENANT_NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,31}");

    /**
     * Reads the settings from {@code environment}, usually {@link System#getenv()}. An absent or blank setting has its
     * default.
     *
     * @throws InvalidSetting if a setting is malformed
     */
    public static AuthorizerSettings from(Map<String, String> environment) {
        return new AuthorizerSettings(
                tenant(value(environment, TENANT, "default")),
                RouteTable.parse(
                        ROUTES,
                        value(environment, ROUTES, ""),
                        AuthorizerLimits.parse(USER_LIMITS, value(environment, USER_LIMITS, "")),
                        AuthorizerLimits.parse(IP_LIMITS, value(environment, IP_LIMITS, ""))),
                AddressSource.parse(ADDRESS, value(environment, ADDRESS, "gateway")),
                number(environment, IPV6_PREFIX, 64, 128),
                Credentials.parse(TOKEN_HEADER, value(environment, TOKEN_HEADER, "")),
                AllowedOrigins.parse(ORIGINS, value(environment, ORIGINS, "")),
                OnLimit.valueOf(choice(environment, OVER_LIMIT, "deny", "flag").toUpperCase(Locale.ROOT)),
                GuardedRateLimiter.fallback(environment.get(LIMITS_WHEN_DOWN)),
                number(environment, LOCAL_SHARE, 1, 999_999),
                choice(environment, SESSIONS_WHEN_DOWN, "local", "closed").equals("local"),
                choice(environment, ISSUED_KEYS_WHEN_DOWN, "local", "closed").equals("local"),
                TokenReuse.of(environment.get(TokenReuse.SETTING)),
                choice(environment, REMEMBER_DENIALS, "on", "off").equals("on"));
    }

    /** Returns a cache of denials that a change of {@code policies} clears; null if the settings disable it. */
    @Nullable
    DenialCache denials(Policies policies) {
        var denials = cacheDenials ? new DenialCache() : null;
        if (denials != null) {
            policies.onChange(denials::clear); // A change of policy may make a denial void.
        }
        return denials;
    }

    /**
     * Returns a limiter on {@code link} that falls back by the settings.
     *
     * @param denials from {@link #denials}
     */
    GuardedRateLimiter limiter(RedisLink link, @Nullable DenialCache denials, Outage outage) {
        var local = localLimiter();
        outage.onRecovery(local::clear);
        return new GuardedRateLimiter(new RedisRateLimiter(link, denials), local, limitsWhenDown);
    }

    /** Returns a limiter in memory with the configured share. */
    LocalRateLimiter localLimiter() {
        return new LocalRateLimiter(localShare, LocalRateLimiter.DEFAULT_MAX_ENTRIES, MicroClock::now);
    }

    /** Returns an empty cache of sessions for decisions without Redis; it stores nothing if the settings disable it. */
    public SessionCache sessionCache() {
        return new SessionCache(cacheSessions ? SessionCache.DEFAULT_MAX_BYTES : 0);
    }

    private static String value(Map<String, String> environment, String name, String otherwise) {
        var value = environment.getOrDefault(name, "").strip();
        return value.isEmpty() ? otherwise : value;
    }

    /** Returns one of {@code words}, by default the first. */
    private static String choice(Map<String, String> environment, String name, String... words) {
        var word = value(environment, name, words[0]);
        if (!List.of(words).contains(word)) {
            throw InvalidSetting.notOneOf(name, List.of(words));
        }
        return word;
    }

    private static String tenant(String name) {
        if (!TENANT_NAME.matcher(name).matches()) {
            throw new InvalidSetting(TENANT, "must be 1 to 32 characters of a-z 0-9 -, as in GATEHOUSE_API_KEYS");
        }
        return name;
    }

    /** Returns a number from 1 to {@code most}. */
    private static int number(Map<String, String> environment, String name, int otherwise, int most) {
        var number = value(environment, name, Integer.toString(otherwise));
        if (!number.matches("[1-9][0-9]{0,5}") || Integer.parseInt(number) > most) {
            throw new InvalidSetting(name, "must be a whole number from 1 to " + most);
        }
        return Integer.parseInt(number);
    }
}
