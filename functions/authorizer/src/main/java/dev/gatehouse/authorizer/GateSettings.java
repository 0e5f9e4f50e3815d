package dev.gatehouse.authorizer;

import dev.gatehouse.authorizer.AuthorizationRequest.OnLimit;
import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.ratelimit.LocalRateLimiter;
import dev.gatehouse.redis.MicroClock;
import dev.gatehouse.redis.config.InvalidSetting;
import dev.gatehouse.session.SessionCache;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The settings of a gate.
 *
 * @param tenant the owner of sessions and limits: the tenant of the API key that creates the sessions
 * @param credentials the places that may hold a request's token
 * @param onLimit the effect of a limit without room
 * @param limitsWhenDown the fallback policy of limits without one of their own, while Redis does not reply
 * @param localShare the number of processes among which a limit is divided meanwhile
 * @param rememberSessions whether recently seen sessions are found in memory meanwhile
 * @param rememberDenials whether a denied address is denied from memory until it has room again
 */
public record GateSettings(
        String tenant,
        GateLimits userLimits,
        GateLimits addressLimits,
        Credentials credentials,
        OnLimit onLimit,
        FallbackPolicy limitsWhenDown,
        int localShare,
        boolean rememberSessions,
        boolean rememberDenials) {

    public static final String TENANT = "GATEHOUSE_TENANT";
    public static final String USER_LIMITS = "GATEHOUSE_AUTHORIZER_USER_LIMITS";
    public static final String IP_LIMITS = "GATEHOUSE_AUTHORIZER_IP_LIMITS";
    public static final String TOKEN_HEADER = "GATEHOUSE_AUTHORIZER_TOKEN_HEADER";
    public static final String OVER_LIMIT = "GATEHOUSE_AUTHORIZER_OVER_LIMIT";
    public static final String LIMITS_WHEN_DOWN = "GATEHOUSE_RATE_LIMIT_WHEN_DOWN";
    public static final String LOCAL_SHARE = "GATEHOUSE_LOCAL_SHARE";
    public static final String SESSIONS_WHEN_DOWN = "GATEHOUSE_SESSIONS_WHEN_DOWN";
    public static final String REMEMBER_DENIALS = "GATEHOUSE_REMEMBER_DENIALS";

    /** The names of all settings. */
    public static final List<String> NAMES = List.of(
            TENANT,
            USER_LIMITS,
            IP_LIMITS,
            TOKEN_HEADER,
            OVER_LIMIT,
            LIMITS_WHEN_DOWN,
            LOCAL_SHARE,
            SESSIONS_WHEN_DOWN,
            REMEMBER_DENIALS);

    private static final Pattern TENANT_NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,31}");

    /**
     * Reads the settings from {@code environment}, usually {@link System#getenv()}. An absent or blank setting has its
     * default.
     *
     * @throws InvalidSetting if a setting is malformed
     */
    public static GateSettings from(Map<String, String> environment) {
        return new GateSettings(
                tenant(given(environment, TENANT, "default")),
                limits(environment, USER_LIMITS),
                limits(environment, IP_LIMITS),
                Credentials.parse(TOKEN_HEADER, given(environment, TOKEN_HEADER, "")),
                onLimit(given(environment, OVER_LIMIT, "deny")),
                whenDown(given(environment, LIMITS_WHEN_DOWN, "local")),
                share(given(environment, LOCAL_SHARE, "1")),
                remembersSessions(given(environment, SESSIONS_WHEN_DOWN, "local")),
                remembers(given(environment, REMEMBER_DENIALS, "on")));
    }

    /** Returns a limiter in memory with the configured share. */
    LocalRateLimiter localLimiter() {
        return new LocalRateLimiter(localShare, LocalRateLimiter.DEFAULT_MAX_ENTRIES, MicroClock::now);
    }

    /** Returns an empty cache of sessions for decisions without Redis; it stores nothing if the settings disable it. */
    public SessionCache seenSessions() {
        return new SessionCache(rememberSessions ? SessionCache.DEFAULT_MAX_BYTES : 0);
    }

    private static String given(Map<String, String> environment, String name, String otherwise) {
        var value = environment.getOrDefault(name, "").strip();
        return value.isEmpty() ? otherwise : value;
    }

    private static String tenant(String name) {
        if (!TENANT_NAME.matcher(name).matches()) {
            throw new InvalidSetting(TENANT, "must be 1 to 32 characters of a-z 0-9 -, as in GATEHOUSE_API_KEYS");
        }
        return name;
    }

    private static GateLimits limits(Map<String, String> environment, String name) {
        var text = given(environment, name, "");
        return text.isEmpty() ? GateLimits.NONE : GateLimits.parse(name, text);
    }

    private static OnLimit onLimit(String word) {
        return switch (word) {
            case "deny" -> OnLimit.DENY;
            case "flag" -> OnLimit.FLAG;
            default -> throw new InvalidSetting(OVER_LIMIT, "must be deny or flag");
        };
    }

    private static FallbackPolicy whenDown(String word) {
        return switch (word) {
            case "local" -> FallbackPolicy.LOCAL;
            case "open" -> FallbackPolicy.OPEN;
            case "closed" -> FallbackPolicy.CLOSED;
            default -> throw new InvalidSetting(LIMITS_WHEN_DOWN, "must be local, open or closed");
        };
    }

    private static int share(String number) {
        if (!number.matches("[1-9][0-9]{0,5}")) {
            throw new InvalidSetting(LOCAL_SHARE, "must be a whole number from 1 to 999999");
        }
        return Integer.parseInt(number);
    }

    private static boolean remembersSessions(String word) {
        return switch (word) {
            case "local" -> true;
            case "closed" -> false;
            default -> throw new InvalidSetting(SESSIONS_WHEN_DOWN, "must be local or closed");
        };
    }

    private static boolean remembers(String word) {
        return switch (word) {
            case "on" -> true;
            case "off" -> false;
            default -> throw new InvalidSetting(REMEMBER_DENIALS, "must be on or off");
        };
    }
}
