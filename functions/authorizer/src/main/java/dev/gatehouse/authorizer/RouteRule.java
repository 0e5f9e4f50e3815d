// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer;

import dev.gatehouse.authorizer.Access.Anonymous;
import dev.gatehouse.authorizer.Access.WithKey;
import dev.gatehouse.authorizer.Access.WithSession;
import dev.gatehouse.redis.config.InvalidSetting;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The access and the limits of some requests.
 *
 * @param pattern the requests
 * @param userLimits the limits that charge the session's user
 * @param addressLimits the limits that charge the address
 */
record RouteRule(RoutePattern pattern, Access access, AuthorizerLimits userLimits, AuthorizerLimits addressLimits) {

    private static final String ANONYMOUS = "anonymous";
    private static final String ATTRIBUTE = "attribute:";
    private static final String KEY = "key";
    private static final String SCOPE = "scope:";
    private static final String NAME = "[A-Za-z0-9_.-]{1,64}";
    private static final Pattern REQUIREMENT =
            Pattern.compile("anonymous|session|key|scope:[A-Za-z0-9._:*/-]{1,64}|attribute:" + NAME
                    + "=.+|level=[A-Za-z0-9._-]{1,32}|limits=.+|cost=[1-9][0-9]{0,8}");

    /**
     * Parses a rule such as {@code POST /exports level=strong limits=exports cost=5}.
     *
     * @param standard the rule of requests without one, whose limits apply in addition
     * @throws InvalidSetting if {@code text} is malformed; its message quotes the rule
     */
    static RouteRule parse(String setting, String text, RouteRule standard) {
        var rule = "%s rule \"%s\"".formatted(setting, text);
        var words = text.split("\\s+", 3);
        if (words.length < 3 || !RoutePattern.isMethod(words[0]) || !RoutePattern.isPath(words[1])) {
            throw new InvalidSetting(
                    rule, "must be a method or *, then a path such as /orders, /orders/* or *, then requirements");
        }
        if (words[1].equals(RoutePath.CONNECT) && !words[0].equals(RoutePattern.ANY)) {
            throw new InvalidSetting(rule, "is unreachable: a WebSocket handshake needs * as the method");
        }
        var requirements = requirements(rule, words[2]);
        var pattern = new RoutePattern(words[0], words[1]);
        var cost = Long.parseLong(requirements.getOrDefault("cost", "1"));
        var limits = AuthorizerLimits.parse(rule, requirements.getOrDefault("limits", ""), cost);
        return requirements.containsKey(ANONYMOUS)
                ? new RouteRule(
                        pattern, new Anonymous(), AuthorizerLimits.NONE, standard.addressLimits.and(rule, limits))
                : new RouteRule(
                        pattern,
                        isForKey(requirements) ? key(requirements) : session(requirements),
                        standard.userLimits.and(rule, limits),
                        standard.addressLimits);
    }

    private static Map<String, String> requirements(String rule, String text) {
        var requirements = new HashMap<String, String>();
        for (var word : text.split("\\s+", -1)) {
            if (!REQUIREMENT.matcher(word).matches()) {
                throw new InvalidSetting(
                        rule,
                        "must require anonymous, session, key, scope:<name>, attribute:<name>=<value>, level=<name>, "
                                + "limits=<names> or cost=<number>, not \"" + word + "\"");
            }
            var parts = word.split("=", 2);
            if (requirements.put(parts[0], parts[parts.length - 1]) != null) {
                throw new InvalidSetting(rule, "must not repeat " + parts[0]);
            }
        }
        if (requirements.containsKey("cost") && !requirements.containsKey("limits")) {
            throw new InvalidSetting(rule, "must not have a cost without limits");
        }
        boolean isForSession = requirements.keySet().stream()
                .anyMatch(word -> word.equals("session") || word.equals("level") || word.startsWith(ATTRIBUTE));
        if (requirements.containsKey(ANONYMOUS) && isForSession) {
            throw new InvalidSetting(rule, "must not be anonymous and require a session");
        }
        if (isForKey(requirements) && (isForSession || requirements.containsKey(ANONYMOUS))) {
            throw new InvalidSetting(rule, "must not require a key and a session, or be anonymous");
        }
        return requirements;
    }

    private static boolean isForKey(Map<String, String> requirements) {
        return requirements.keySet().stream().anyMatch(word -> word.equals(KEY) || word.startsWith(SCOPE));
    }

    private static WithKey key(Map<String, String> requirements) {
        var scopes = new TreeSet<String>();
        requirements.keySet().stream()
                .filter(word -> word.startsWith(SCOPE))
                .forEach(word -> scopes.add(word.substring(SCOPE.length())));
        return new WithKey(scopes);
    }

    private static WithSession session(Map<String, String> requirements) {
        var attributes = new HashMap<String, String>();
        requirements.forEach((word, value) -> {
            if (word.startsWith(ATTRIBUTE)) {
                attributes.put(word.substring(ATTRIBUTE.length()), value);
            }
        });
        return new WithSession(attributes, requirements.get("level"));
    }

    boolean hasPolicies() {
        return userLimits.hasPolicies() || addressLimits.hasPolicies();
    }
}
