// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.policy;

import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.policy.Policy.Source;
import dev.gatehouse.ratelimit.policy.PolicyOverride.Replacement.OtherPolicy;
import dev.gatehouse.ratelimit.policy.PolicyOverride.Replacement.OwnLimit;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.redis.MicroClock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** An immutable snapshot of a tenant's policies and overrides, the declared ones included. Overrides end by a clock. */
public final class PolicySnapshot {

    public static final PolicySnapshot EMPTY = new PolicySnapshot(Map.of(), MicroClock::now, true, Map.of(), Map.of());

    private final Map<String, Limit> declared;
    private final LongSupplier clock;
    private final boolean complete;
    private final Map<String, Limit> stored;

    /** The overrides by policy and the subject's tag. No policy has an empty map. */
    private final Map<String, Map<String, PolicyOverride>> overrides;

    private PolicySnapshot(
            Map<String, Limit> declared,
            LongSupplier clock,
            boolean complete,
            Map<String, Limit> stored,
            Map<String, Map<String, PolicyOverride>> overrides) {
        this.declared = declared;
        this.clock = clock;
        this.complete = complete;
        this.stored = stored;
        this.overrides = overrides;
    }

    /**
     * Returns a snapshot of the declared policies alone.
     *
     * @param complete whether none are stored; false if the stored ones are unknown
     * @param clock the time in microseconds since 1970
     */
    static PolicySnapshot of(Map<String, Limit> declared, boolean complete, LongSupplier clock) {
        return new PolicySnapshot(declared, clock, complete, Map.of(), Map.of());
    }

    /** Returns a complete snapshot with the same declared policies and these stored ones. */
    PolicySnapshot withStored(Iterable<Limit> policies, Map<OverrideKey, PolicyOverride> overrides) {
        var byName = new HashMap<String, Limit>();
        policies.forEach(limit -> byName.put(limit.name(), limit));
        var byPolicy = new HashMap<String, Map<String, PolicyOverride>>();
        overrides.forEach((key, override) ->
                byPolicy.computeIfAbsent(key.policy(), _ -> new HashMap<>()).put(key.tag(), override));
        return new PolicySnapshot(declared, clock, true, byName, byPolicy);
    }

    /**
     * Returns whether the stored policies are known. If not, declared ones decide, and a policy that is not declared may be
     * stored all the same.
     */
    public boolean isComplete() {
        return complete;
    }

    /** Returns the policy of this name, stored or else declared; null if there is none. */
    public @Nullable Policy policy(String name) {
        var limit = stored.get(name);
        if (limit != null) {
            return new Policy(limit, Source.STORED);
        }
        var otherwise = declared.get(name);
        return otherwise == null ? null : new Policy(otherwise, Source.DECLARED);
    }

    private @Nullable Limit limit(String policy) {
        var limit = stored.get(policy);
        return limit == null ? declared.get(policy) : limit;
    }

    /**
     * Returns the limit for {@code subject}: that of its override of {@code policy}, else of the policy itself. Returns null if
     * there is no such policy.
     */
    public @Nullable Limit limitFor(String policy, String subject) {
        // A malformed subject has no tag; LimitedSubject rejects it.
        return overrides.containsKey(policy) && HashTag.isWellFormed(subject)
                ? limitForTag(policy, HashTag.of(subject))
                : limit(policy);
    }

    /** Returns the same as {@link #limitFor} for a subject given by its {@link HashTag}. */
    public @Nullable Limit limitForTag(String policy, String tag) {
        var limit = limit(policy);
        var override = of(policy).get(tag);
        if (limit == null || override == null || hasEnded(override)) {
            return limit;
        }
        return switch (override.replacement()) {
            case OwnLimit(var own) -> own;
            case OtherPolicy(var name) -> {
                var other = limit(name);
                yield other == null ? limit : other.withName(policy);
            }
        };
    }

    /**
     * Returns policies in the order of their names.
     *
     * @param after the name before the first; empty for the first of all
     */
    public List<Policy> policies(String after, int max) {
        var names = new TreeSet<>(stored.keySet());
        names.addAll(declared.keySet());
        return names.tailSet(after, false).stream()
                .limit(max)
                .<Policy>mapMulti((name, page) -> {
                    var policy = policy(name);
                    if (policy != null) {
                        page.accept(policy);
                    }
                })
                .toList();
    }

    /**
     * Returns the overrides of a policy that have not ended, by the tags of their subjects and in their order. Includes those of
     * a policy that no longer exists, which have no effect.
     *
     * @param after the tag before the first; empty for the first of all
     */
    public List<Map.Entry<String, PolicyOverride>> overrides(String policy, String after, int max) {
        return of(policy).entrySet().stream()
                .filter(entry -> entry.getKey().compareTo(after) > 0 && !hasEnded(entry.getValue()))
                .sorted(Map.Entry.comparingByKey())
                .limit(max)
                .toList();
    }

    private Map<String, PolicyOverride> of(String policy) {
        return overrides.getOrDefault(policy, Map.of());
    }

    private boolean hasEnded(PolicyOverride override) {
        return override.expiresAt() != null && override.hasEnded(clock.getAsLong());
    }

    int storedPolicies() {
        return stored.size();
    }

    int overrides() {
        return overrides.values().stream().mapToInt(Map::size).sum();
    }

    boolean isStored(String name) {
        return stored.containsKey(name);
    }

    boolean overrides(OverrideKey key) {
        return of(key.policy()).containsKey(key.tag());
    }

    /** Returns a copy with this policy stored under its name. */
    PolicySnapshot with(Limit limit) {
        return changed(with(stored, limit.name(), limit), overrides);
    }

    /** Returns a copy without the stored policy of this name and its overrides. */
    PolicySnapshot without(String name) {
        return changed(with(stored, name, null), with(overrides, name, null));
    }

    /** Returns a copy with this override, if its policy exists. */
    PolicySnapshot with(OverrideKey key, PolicyOverride override) {
        return limit(key.policy()) == null ? this : overriding(key, override);
    }

    /** Returns a copy without this override. */
    PolicySnapshot without(OverrideKey key) {
        return overriding(key, null);
    }

    /** Returns this without the overrides that have ended. */
    PolicySnapshot withoutEnded() {
        var left = this;
        for (var byTag : overrides.values()) {
            for (var entry : byTag.entrySet()) {
                if (hasEnded(entry.getValue())) {
                    left = left.without(new OverrideKey(entry.getValue().policy(), entry.getKey()));
                }
            }
        }
        return left;
    }

    private PolicySnapshot overriding(OverrideKey key, @Nullable PolicyOverride override) {
        var changed = with(of(key.policy()), key.tag(), override);
        return changed(stored, with(overrides, key.policy(), changed.isEmpty() ? null : changed));
    }

    private PolicySnapshot changed(Map<String, Limit> policies, Map<String, Map<String, PolicyOverride>> overriding) {
        return new PolicySnapshot(declared, clock, complete, policies, overriding);
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
