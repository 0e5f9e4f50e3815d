// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.policy;

import dev.gatehouse.ratelimit.Limit;
import java.util.HashMap;
import java.util.Map;

/**
 * The policies that the settings of a process declare. Each is in force where no policy of its name is stored, so it survives
 * the loss of Redis's data. Immutable.
 */
public final class DeclaredPolicies {

    public static final DeclaredPolicies NONE = new DeclaredPolicies(Map.of(), Map.of());

    private final Map<String, Limit> common;

    /** All policies of the tenants that have their own. */
    private final Map<String, Map<String, Limit>> byTenant;

    /**
     * Declares policies.
     *
     * @param common the policies of all tenants, by name
     * @param own the policies of single tenants, by tenant and name, which replace common ones
     * @throws dev.gatehouse.ratelimit.InvalidLimit if no policy can have one of the names
     * @throws IllegalArgumentException if a tenant has more than {@link Policies#MAX_POLICIES}
     */
    public DeclaredPolicies(Map<String, Limit> common, Map<String, Map<String, Limit>> own) {
        this.common = checked(Map.copyOf(common));
        var merged = new HashMap<String, Map<String, Limit>>();
        own.forEach((tenant, policies) -> {
            var all = new HashMap<>(common);
            all.putAll(policies);
            merged.put(tenant, checked(Map.copyOf(all)));
        });
        this.byTenant = Map.copyOf(merged);
    }

    private static Map<String, Limit> checked(Map<String, Limit> policies) {
        policies.keySet().forEach(Policies::requireName);
        if (policies.size() > Policies.MAX_POLICIES) {
            throw new IllegalArgumentException("more than " + Policies.MAX_POLICIES + " policies of a tenant");
        }
        return policies;
    }

    /** Returns the policies of {@code tenant} by name, the common ones included. */
    public Map<String, Limit> of(String tenant) {
        return byTenant.getOrDefault(tenant, common);
    }
}
