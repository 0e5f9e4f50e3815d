package dev.gatehouse.ratelimit.policy;

import dev.gatehouse.ratelimit.Limit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * A tenant's policies as stored in Redis.
 *
 * @param version the version, which differs after each change
 * @param unreadable the names of policies that are unreadable themselves or in an override; these parts are treated as
 *     absent
 */
record StoredPolicies(String version, PolicySnapshot snapshot, Set<String> unreadable) {

    private static final String POLICY = "policy:";
    private static final String OVERRIDE = "override:";

    /**
     * Parses the stored hash.
     *
     * @param fieldsAndValues the fields and values of the hash that {@code policies.lua} describes
     */
    static StoredPolicies of(List<?> fieldsAndValues) {
        var version = "0";
        var policies = new ArrayList<Limit>();
        var overrides = new HashMap<OverrideKey, Limit>();
        var parser = new Parser();
        for (int i = 0; i < fieldsAndValues.size(); i += 2) {
            var field = (String) fieldsAndValues.get(i);
            var value = (String) fieldsAndValues.get(i + 1);
            if (field.equals("version")) {
                version = value;
            } else if (field.startsWith(POLICY)) {
                parser.limit(field.substring(POLICY.length()), value).ifPresent(policies::add);
            } else if (field.startsWith(OVERRIDE)) {
                int tag = field.indexOf(':', OVERRIDE.length()) + 1;
                if (tag > 0) {
                    var key = new OverrideKey(field.substring(OVERRIDE.length(), tag - 1), field.substring(tag));
                    parser.limit(key.policy(), value).ifPresent(limit -> overrides.put(key, limit));
                }
            }
        }
        return new StoredPolicies(version, PolicySnapshot.of(policies, overrides), Set.copyOf(parser.unreadable));
    }

    /** Returns a copy with other policies and the same version, until the next read. */
    StoredPolicies with(UnaryOperator<PolicySnapshot> change) {
        return new StoredPolicies(version, change.apply(snapshot), unreadable);
    }

    private static final class Parser {

        private final Set<String> unreadable = new TreeSet<>();

        /** The parsed limits. Equal overrides share one instance. */
        private final Map<LimitText, Optional<Limit>> limits = new HashMap<>();

        Optional<Limit> limit(String name, String text) {
            var limit = limits.computeIfAbsent(
                    new LimitText(name, text), limitText -> Optional.ofNullable(limitText.limit()));
            if (limit.isEmpty() && Limit.isName(name)) {
                unreadable.add(name);
            }
            return limit;
        }
    }
}
