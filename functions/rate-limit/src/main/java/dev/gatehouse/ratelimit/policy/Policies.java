// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.policy;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.ratelimit.InvalidLimit;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.redis.Deadline;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Stores limits under names, and overrides of them for single subjects.
 *
 * <p>A policy is a {@link Limit} that callers select by name. A {@link PolicyOverride} replaces it for one
 * subject. {@link DeclaredPolicies} are the layer below: each is in force where no policy of its name is stored.
 *
 * <p>All implementations guarantee the following, which {@code PoliciesContract} checks:
 *
 * <ol>
 *   <li>A snapshot shows the policies and overrides of one moment. Writes are atomic: a snapshot contains a write as a
 *       whole or not at all. An override has effect only while its policy exists, and until its end.
 *   <li>A completed write is in every later snapshot of this process. It is in those of other processes within
 *       {@link #IN_FORCE}.
 *   <li>A snapshot younger than half of {@link #IN_FORCE} is returned from memory, without a round trip. An older one
 *       is refreshed in the background. Callers wait only if it is older than {@link #IN_FORCE} or missing. Concurrent
 *       callers share one read.
 *   <li>While Redis is unavailable, the last snapshot stays in use at any age, with {@link Decision.Source#LOCAL}.
 *       Without a snapshot, the declared policies alone are the result, {@linkplain PolicySnapshot#isComplete incomplete}. It is
 *       {@link Decision.Unavailable} only without both.
 *   <li>All other operations use Redis directly and are unavailable without it. Each may then be repeated, because
 *       repeating a write changes nothing.
 *   <li>A tenant has at most {@link #MAX_POLICIES} and {@link #MAX_OVERRIDES}. Existing ones can always be replaced.
 *       Declared policies do not count, and overrides that have ended are removed before the count.
 *   <li>Tenants are isolated: no tenant sees or changes another's policies.
 *   <li>The stages complete by the deadline, and never exceptionally.
 * </ol>
 *
 * <p>Names and subjects have the bounds of {@link Limit} and {@link LimitedSubject}. Others cause an
 * {@link InvalidLimit} before anything is done, and so does storing a policy or an override under a name that is not
 * {@linkplain #isName reachable}.
 */
public interface Policies {

    /** The time within which a write takes effect in all processes. */
    Duration IN_FORCE = Duration.ofSeconds(10);

    /** The maximum number of a tenant's policies. */
    int MAX_POLICIES = 1_000;

    /** The maximum number of a tenant's overrides, over all its policies. */
    int MAX_OVERRIDES = 10_000;

    /** The rule of a policy's name in words. */
    String NAME_RULE = Limit.NAME_RULE + ", and not . or ..";

    /** The regular expression of the tag of a subject, see {@link dev.gatehouse.redis.HashTag}. */
    String TAG_PATTERN = "^[A-Za-z0-9_-]{12}$";

    /** The rule of such a tag in words. */
    String TAG_RULE = "must be the tag of a subject";

    /**
     * Returns whether a policy can have this name. HTTP clients remove the path segments {@code .} and {@code ..}, so they
     * could not reach policies of these names.
     */
    static boolean isName(String name) {
        return Limit.isName(name) && !name.equals(".") && !name.equals("..");
    }

    /**
     * Returns {@code name}.
     *
     * @throws InvalidLimit if no policy can have this name
     */
    static String requireName(String name) {
        if (!isName(name)) {
            throw new InvalidLimit("name", NAME_RULE);
        }
        return name;
    }

    /** The outcome of storing a policy or an override. */
    enum StoreResult {
        STORED,
        /** There is no policy to override; nothing was changed. */
        NO_SUCH_POLICY,
        /** The tenant has {@link #MAX_POLICIES} or {@link #MAX_OVERRIDES} others; nothing was changed. */
        TOO_MANY
    }

    /** Returns the cached policies and overrides of a tenant. Cheap enough for every check. */
    CompletionStage<Decision<PolicySnapshot>> snapshot(String tenant, Deadline deadline);

    /**
     * Returns a snapshot as {@link #snapshot} does, but read from Redis now, if it replies: for listings, not for checks. It is
     * never incomplete, but unavailable.
     */
    CompletionStage<Decision<PolicySnapshot>> current(String tenant, Deadline deadline);

    /** Returns the current policy of this name; empty if there is none. */
    CompletionStage<Decision<Optional<Policy>>> find(String tenant, String name, Deadline deadline);

    /** Stores {@code policy} under its name and replaces any earlier one. Overrides stay. */
    CompletionStage<Decision<StoreResult>> put(String tenant, Limit policy, Deadline deadline);

    /** Removes the stored policy of this name and its overrides. The decision is whether any of these existed. */
    CompletionStage<Decision<Boolean>> remove(String tenant, String name, Deadline deadline);

    /** Stores {@code override} for {@code subject} and replaces any earlier one of the policy. */
    CompletionStage<Decision<StoreResult>> override(
            String tenant, String subject, PolicyOverride override, Deadline deadline);

    /** Removes the override of this policy for {@code subject}. The decision is whether it existed. */
    CompletionStage<Decision<Boolean>> removeOverride(String tenant, String name, String subject, Deadline deadline);

    /**
     * Removes the override of this policy by the tag of its subject, which lists have. The decision is whether it existed.
     *
     * @param tag 12 characters, see {@link #TAG_PATTERN}; others cause an {@link InvalidLimit}
     */
    CompletionStage<Decision<Boolean>> removeOverrideByTag(String tenant, String name, String tag, Deadline deadline);

    /**
     * Registers a callback for each change of a cached snapshot, so that dependent caches can be cleared. It runs once
     * this process detects the change, sometimes without need. It must be quick and must not block.
     */
    void onChange(Runnable changed);
}
