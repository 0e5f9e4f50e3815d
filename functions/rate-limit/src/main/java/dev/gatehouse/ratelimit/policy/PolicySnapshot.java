package dev.gatehouse.ratelimit.policy;

import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.redis.HashTag;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An immutable snapshot of a tenant's policies and overrides. */
public final class PolicySnapshot {

    public static final PolicySnapshot EMPTY = new PolicySnapshot(Map.of(), Map.of());

    private final Map<String, Limit> policies;

    /** The overrides by policy and the subject's tag. No policy has an empty map. */
    private final Map<String, Map<String, Limit>> overrides;

    private PolicySnapshot(Map<String, Limit> policies, Map<String, Map<String, Limit>> overrides) {
        this.policies = policies;
        this.overrides = overrides;
    }

    /** Returns a snapshot. Drops overrides without a policy in {@code policies}. */
    static PolicySnapshot of(Iterable<Limit> policies, Map<OverrideKey, Limit> overrides) {
        var byName = new HashMap<String, Limit>();
        policies.forEach(limit -> byName.put(limit.name(), limit));
        var byPolicy = new HashMap<String, Map<String, Limit>>();
        overrides.forEach((key, limit) -> {
            if (byName.containsKey(key.policy())) {
                byPolicy.computeIfAbsent(key.policy(), _ -> new HashMap<>()).put(key.tag(), limit);
            }
        });
        return new PolicySnapshot(byName, byPolicy);
    }

    /**
     * Returns the limit for {@code subject}: its override of {@code policy}, else the policy itself. Returns null if
     * there is no such policy.
     */
    public @Nullable Limit limitFor(String policy, String subject) {
        // A malformed subject has no tag; LimitedSubject rejects it.
        return overrides.containsKey(policy) && HashTag.isWellFormed(subject)
                ? limitForTag(policy, HashTag.of(subject))
                : policies.get(policy);
    }

    /** Returns the same as {@link #limitFor} for a subject given by its {@link HashTag}. */
    public @Nullable Limit limitForTag(String policy, String tag) {
        var override = of(policy).get(tag);
        return override == null ? policies.get(policy) : override;
    }

    private Map<String, Limit> of(String policy) {
        return overrides.getOrDefault(policy, Map.of());
    }

    int policies() {
        return policies.size();
    }

    int overrides() {
        return overrides.values().stream().mapToInt(Map::size).sum();
    }

    Optional<Limit> policy(String name) {
        return Optional.ofNullable(policies.get(name));
    }

    boolean overrides(OverrideKey key) {
        return of(key.policy()).containsKey(key.tag());
    }

    /** Returns a copy with this policy under its name. */
    PolicySnapshot with(Limit limit) {
        return new PolicySnapshot(with(policies, limit.name(), limit), overrides);
    }

    /** Returns a copy without the policy of this name and its overrides. */
    PolicySnapshot without(String name) {
        return new PolicySnapshot(with(policies, name, null), with(overrides, name, null));
    }

    /** Returns a copy with this override, if its policy exists. */
    PolicySnapshot with(OverrideKey key, Limit limit) {
        return policies.containsKey(key.policy()) ? overriding(key, limit) : this;
    }

    /** Returns a copy without this override. */
    PolicySnapshot without(OverrideKey key) {
        return overriding(key, null);
    }

    private PolicySnapshot overriding(OverrideKey key, @Nullable Limit limit) {
        var changed = with(of(key.policy()), key.tag(), limit);
        return new PolicySnapshot(policies, with(overrides, key.policy(), changed.isEmpty() ? null : changed));
    }

    /** Returns a copy with another value of {@code key}, or without it if that is null. */
    private static <V> Map<String, V> with(Map<String, V> map, String key, @Nullable V value) {
        var changed = new HashMap<>(map);
        if (value == null) {
            changed.remove(key);
        } else {
            changed.put(key, value);
        }
        return changed;
    }
}
