// SPDX-License-Identifier: Apache-2.0
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
     * @param declared a snapshot without stored policies
     * @param fieldsAndValues the fields and values of the hash that {@code policies.lua} describes
     */
    static StoredPolicies of(PolicySnapshot declared, List<?> fieldsAndValues) {
        var version = "0";
        var policies = new ArrayList<Limit>();
        var overrides = new HashMap<OverrideKey, PolicyOverride>();
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
                    parser.override(key.policy(), value).ifPresent(override -> overrides.put(key, override));
                }
            }
        }
        return new StoredPolicies(version, declared.withStored(policies, overrides), Set.copyOf(parser.unreadable));
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
            return readable(name, limit(new LimitText(name, text)));
        }

        Optional<PolicyOverride> override(String policy, String text) {
            return readable(policy, Optional.ofNullable(new OverrideText(policy, text).override(this::limit)));
        }

        private Optional<Limit> limit(LimitText text) {
            return limits.computeIfAbsent(text, limitText -> Optional.ofNullable(limitText.limit()));
        }

        private <T> Optional<T> readable(String name, Optional<T> parsed) {
            if (parsed.isEmpty() && Limit.isName(name)) {
                unreadable.add(name);
            }
            return parsed;
        }
    }
}
