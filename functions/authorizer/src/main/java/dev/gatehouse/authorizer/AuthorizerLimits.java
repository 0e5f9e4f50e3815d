// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer;

import dev.gatehouse.ratelimit.Check;
import dev.gatehouse.ratelimit.InvalidLimit;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.redis.config.InvalidSetting;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The limits in a setting, separated by commas. {@code name=100/60} is a limit of 100 requests in 60 seconds; a bare
 * {@code name} is the policy that the tenant has stored under it.
 */
final class AuthorizerLimits {

    static final AuthorizerLimits NONE = new AuthorizerLimits(List.of());

    private static final Pattern INLINE = Pattern.compile("([^=/]+)=([0-9]{1,10})/([0-9]{1,10})");

    /** @param limit null for the policy stored under the name */
    private record Named(String name, @Nullable Limit limit, long cost) {}

    private final List<Named> limits;

    private AuthorizerLimits(List<Named> limits) {
        this.limits = List.copyOf(limits);
    }

    /** Parses limits that each request takes one unit of. */
    static AuthorizerLimits parse(String setting, String text) {
        return parse(setting, text, 1);
    }

    /**
     * Parses {@code text}; an empty one has no limits.
     *
     * @param cost the units that a request takes of each
     * @throws InvalidSetting if {@code text} is malformed
     */
    static AuthorizerLimits parse(String setting, String text, long cost) {
        if (text.isEmpty()) {
            return NONE;
        }
        var limits = new ArrayList<Named>();
        for (var word : text.split(",", -1)) {
            limits.add(named(setting, word.strip(), cost));
        }
        return of(setting, limits);
    }

    /**
     * Returns these limits and then {@code others}.
     *
     * @throws InvalidSetting if a name occurs twice, or there are too many
     */
    AuthorizerLimits and(String setting, AuthorizerLimits others) {
        if (others.limits.isEmpty()) {
            return this;
        }
        var both = new ArrayList<>(limits);
        both.addAll(others.limits);
        return of(setting, both);
    }

    private static AuthorizerLimits of(String setting, List<Named> limits) {
        var names = new HashSet<String>();
        for (var named : limits) {
            if (!names.add(named.name)) {
                throw new InvalidSetting(setting, "names " + named.name + " twice");
            }
        }
        if (limits.size() > Check.MAX_LIMITS) {
            throw new InvalidSetting(setting, "may name " + Check.MAX_LIMITS + " limits, not " + limits.size());
        }
        return new AuthorizerLimits(limits);
    }

    private static Named named(String setting, String word, long cost) {
        var inline = INLINE.matcher(word);
        try {
            if (inline.matches()) {
                var limit = Limit.of(inline.group(1), Long.parseLong(inline.group(2)), Long.parseLong(inline.group(3)));
                return new Named(limit.name(), limit, cost);
            }
        } catch (InvalidLimit e) {
            throw new InvalidSetting(setting, "has %s, whose %s %s".formatted(word, e.field(), e.getMessage()));
        }
        if (!Limit.isName(word)) {
            throw new InvalidSetting(
                    setting, "must be names of policies or limits as name=100/60, not \"" + word + "\"");
        }
        return new Named(word, null, cost);
    }

    /** Returns whether any of the limits is a stored policy. */
    boolean hasPolicies() {
        return limits.stream().anyMatch(named -> named.limit == null);
    }

    /** @param stored returns the policy of a name; null if there is none */
    Resolved resolve(Function<String, @Nullable Limit> stored) {
        var resolved = new ArrayList<ChargedLimit>(limits.size());
        for (var named : limits) {
            var limit = named.limit == null ? stored.apply(named.name) : named.limit;
            if (limit == null) {
                return new Resolved(List.of(), named.name);
            }
            resolved.add(new ChargedLimit(limit, named.cost, named.limit == null));
        }
        return new Resolved(resolved, null);
    }

    /** @param missing a named policy that does not exist; null if all limits were resolved */
    record Resolved(List<ChargedLimit> limits, @Nullable String missing) {

        static final Resolved NONE = new Resolved(List.of(), null);
    }
}
