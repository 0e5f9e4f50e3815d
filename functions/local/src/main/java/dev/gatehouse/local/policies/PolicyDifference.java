// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.policies;

import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.policy.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A policy that differs between Redis and a file.
 *
 * @param stored null if only the file has it
 * @param wanted null if only Redis has it
 */
record PolicyDifference(
        String name, @Nullable Limit stored, @Nullable Limit wanted) {

    /** Returns the differences in the order of their names. */
    static List<PolicyDifference> between(List<Policy> stored, Map<String, Limit> wanted) {
        var limits = new TreeMap<String, Limit>();
        stored.forEach(policy -> limits.put(policy.limit().name(), policy.limit()));
        var names = new TreeSet<>(limits.keySet());
        names.addAll(wanted.keySet());
        var differences = new ArrayList<PolicyDifference>();
        for (var name : names) {
            var difference = new PolicyDifference(name, limits.get(name), wanted.get(name));
            if (difference.stored == null || !difference.stored.equals(difference.wanted)) {
                differences.add(difference);
            }
        }
        return differences;
    }

    /** Returns one line. */
    String text() {
        if (wanted == null) {
            return "removed  " + name + ": " + text(stored);
        }
        return stored == null
                ? "added    " + name + ": " + text(wanted)
                : "changed  " + name + ": " + text(stored) + " -> " + text(wanted);
    }

    private static String text(@Nullable Limit limit) {
        return limit == null ? "" : new Policy(limit, Policy.Source.STORED).text();
    }
}
