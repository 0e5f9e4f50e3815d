// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer;

import dev.gatehouse.authorizer.Access.AmbiguousPath;
import dev.gatehouse.authorizer.Access.Anonymous;
import dev.gatehouse.redis.config.InvalidSetting;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The route rules, of which the first that applies to a request decides.
 *
 * @param standard the rule of requests without one: any session
 */
record RouteTable(List<RouteRule> rules, RouteRule standard) {

    /**
     * Parses rules, one a line or separated by semicolons.
     *
     * @param userLimits the limits of each user, on all routes that need a session
     * @param addressLimits the limits of each address, on all routes
     * @throws InvalidSetting if a rule is malformed, or an earlier one covers it
     */
    static RouteTable parse(String setting, String text, AuthorizerLimits userLimits, AuthorizerLimits addressLimits) {
        var every = new RoutePattern(RoutePattern.ANY, RoutePattern.ANY);
        var standard = new RouteRule(every, Access.SESSION, userLimits, addressLimits);
        var rules = new ArrayList<RouteRule>();
        for (var line : text.split(";|\\R", -1)) {
            if (line.isBlank()) {
                continue;
            }
            var rule = RouteRule.parse(setting, line.strip(), standard);
            for (var earlier : rules) {
                if (earlier.pattern().covers(rule.pattern())) {
                    throw new InvalidSetting(
                            setting,
                            "rule \"%s\" is unreachable: the earlier \"%s\" covers it"
                                    .formatted(line.strip(), earlier.pattern()));
                }
            }
            rules.add(rule);
        }
        return new RouteTable(List.copyOf(rules), standard);
    }

    /**
     * Returns the rule of a request. An ambiguous path matches no rule for certain paths; it is denied where that could
     * open more than such a rule does.
     *
     * @param method in any case, because the program behind the gateway may ignore it
     * @param path null if it is ambiguous
     */
    RouteRule find(String method, @Nullable String path) {
        var name = method.toUpperCase(Locale.ROOT);
        for (var rule : rules) {
            if (!rule.pattern().hasMethod(name)) {
                continue;
            }
            if (path == null ? rule.pattern().hasAnyPath() : rule.pattern().hasPath(path)) {
                return rule;
            }
            if (path == null && !isOpen(rule)) {
                return new RouteRule(
                        standard.pattern(), new AmbiguousPath(), AuthorizerLimits.NONE, standard.addressLimits());
            }
        }
        return standard;
    }

    /** Returns whether no other rule opens more. */
    private boolean isOpen(RouteRule rule) {
        return rule.access() instanceof Anonymous && rule.addressLimits() == standard.addressLimits();
    }
}
