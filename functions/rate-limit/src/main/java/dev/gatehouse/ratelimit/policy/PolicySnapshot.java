package dev.gatehouse.ratelimit.policy;

import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.redis.HashTag;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An immutable snapshot of a tenant's policies and overrides. */
public final class PolicySnapshot {

    static final PolicySnapshot EMPTY = new PolicySnapshot(Map.of(), 0);

    /** @param overrides the overrides by their subjects' tags */
    private record Policy(Limit limit, Map<String, Limit> overrides) {}

    private final Map<String, Policy> policies;
    private final int overrides;

    private PolicySnapshot(Map<String, Policy> policies, int overrides) {
        this.policies = policies;
        this.overrides = overrides;
    }

    /** Returns a snapshot. Drops overrides without a policy in {@code policies}. */
    static PolicySnapshot of(Iterable<Limit> policies, Map<OverrideKey, Limit> overrides) {
        var byName = new HashMap<String, Policy>();
        for (var limit : policies) {
            byName.put(limit.name(), new Policy(limit, new HashMap<>()));
        }
        int kept = 0;
        for (var override : overrides.entrySet()) {
            var policy = byName.get(override.getKey().policy());
            if (policy != null) {
                policy.overrides.put(override.getKey().tag(), override.getValue());
                kept++;
            }
        }
        return new PolicySnapshot(byName, kept);
    }

    /**
     * Returns the limit for {@code subject}: its override of {@code policy}, else the policy itself. Returns null if
     * there is no such policy.
     */
    public @Nullable Limit limitFor(String policy, String subject) {
        var found = policies.get(policy);
        if (found == null) {
            return null;
        }
        // A malformed subject has no tag; LimitedSubject rejects it.
        if (found.overrides.isEmpty() || !HashTag.isWellFormed(subject)) {
            return found.limit;
        }
        return found.overrides.getOrDefault(HashTag.of(subject), found.limit);
    }

    /** Returns the same as {@link #limitFor} for a subject given by its {@link HashTag}. */
    public @Nullable Limit limitForTag(String policy, String tag) {
        var found = policies.get(policy);
        return found == null ? null : found.overrides.getOrDefault(tag, found.limit);
    }

    int policies() {
        return policies.size();
    }

    int overrides() {
        return overrides;
    }

    Optional<Limit> policy(String name) {
        return Optional.ofNullable(policies.get(name)).map(Policy::limit);
    }

    boolean overrides(OverrideKey key) {
        var policy = policies.get(key.policy());
        return policy != null && policy.overrides.containsKey(key.tag());
    }

    /** Returns a copy with this policy under its name. */
    PolicySnapshot with(Limit limit) {
        var before = policies.get(limit.name());
        return replaced(limit.name(), new Policy(limit, before == null ? Map.of() : before.overrides), overrides);
    }

    /** Returns a copy without the policy of this name and its overrides. */
    PolicySnapshot without(String name) {
        var before = policies.get(name);
        return before == null ? this : replaced(name, null, overrides - before.overrides.size());
    }

    /** Returns a copy with this override, if its policy exists. */
    PolicySnapshot with(OverrideKey key, Limit limit) {
        var policy = policies.get(key.policy());
        if (policy == null) {
            return this;
        }
        var others = new HashMap<>(policy.overrides);
        int more = others.put(key.tag(), limit) == null ? 1 : 0;
        return replaced(key.policy(), new Policy(policy.limit, others), overrides + more);
    }

    /** Returns a copy without this override. */
    PolicySnapshot without(OverrideKey key) {
        var policy = policies.get(key.policy());
        if (policy == null || !policy.overrides.containsKey(key.tag())) {
            return this;
        }
        var others = new HashMap<>(policy.overrides);
        others.remove(key.tag());
        return replaced(key.policy(), new Policy(policy.limit, others), overrides - 1);
    }

    private PolicySnapshot replaced(String name, @Nullable Policy policy, int overrides) {
        var others = new HashMap<>(policies);
        if (policy == null) {
            others.remove(name);
        } else {
            others.put(name, policy);
        }
        return new PolicySnapshot(others, overrides);
    }
}
