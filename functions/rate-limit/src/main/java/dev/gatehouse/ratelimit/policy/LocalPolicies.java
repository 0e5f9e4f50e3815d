// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.policy;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.MicroClock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;

/**
 * Stores policies in this process's memory, for runs without Redis. Other processes do not see them, and they end with
 * the process. Each write copies the tenant's policies, so snapshots need no lock.
 */
public final class LocalPolicies implements Policies {

    /** The maximum of tenants, which bounds memory. A further tenant's policies are rejected as too many. */
    public static final int MAX_TENANTS = 1_000;

    private final DeclaredPolicies declared;
    private final LongSupplier clock;
    private final Map<String, PolicySnapshot> snapshots = new ConcurrentHashMap<>();
    private final List<Runnable> onChange = new CopyOnWriteArrayList<>();

    /** Creates policies whose overrides end by the system's clock. */
    public LocalPolicies(DeclaredPolicies declared) {
        this(declared, MicroClock::now);
    }

    /**
     * Creates policies whose overrides end by {@code clock}.
     *
     * @param clock the time in microseconds since 1970
     */
    public LocalPolicies(DeclaredPolicies declared, LongSupplier clock) {
        this.declared = declared;
        this.clock = clock;
    }

    @Override
    public CompletionStage<Decision<PolicySnapshot>> snapshot(String tenant, Deadline deadline) {
        return Decision.local(of(tenant));
    }

    @Override
    public CompletionStage<Decision<PolicySnapshot>> current(String tenant, Deadline deadline) {
        return snapshot(tenant, deadline);
    }

    @Override
    public CompletionStage<Decision<Optional<Policy>>> find(String tenant, String name, Deadline deadline) {
        return Decision.local(Optional.ofNullable(of(tenant).policy(Limit.requireName(name))));
    }

    @Override
    public synchronized CompletionStage<Decision<StoreResult>> put(String tenant, Limit policy, Deadline deadline) {
        var snapshot = of(tenant);
        boolean replaces = snapshot.isStored(Policies.requireName(policy.name()));
        if (!replaces && (snapshot.storedPolicies() >= MAX_POLICIES || !hasRoom(tenant))) {
            return Decision.local(StoreResult.TOO_MANY);
        }
        store(tenant, snapshot.with(policy));
        return Decision.local(StoreResult.STORED);
    }

    @Override
    public synchronized CompletionStage<Decision<Boolean>> remove(String tenant, String name, Deadline deadline) {
        var snapshot = of(tenant);
        boolean existed = snapshot.isStored(Limit.requireName(name))
                || !snapshot.overrides(name, "", 1).isEmpty();
        if (existed) {
            store(tenant, snapshot.without(name));
        }
        return Decision.local(existed);
    }

    @Override
    public synchronized CompletionStage<Decision<StoreResult>> override(
            String tenant, String subject, PolicyOverride override, Deadline deadline) {
        var key = OverrideKey.of(override.policy(), subject);
        var snapshot = of(tenant).withoutEnded();
        if (snapshot.policy(key.policy()) == null) {
            return Decision.local(StoreResult.NO_SUCH_POLICY);
        }
        if (!snapshot.overrides(key) && (snapshot.overrides() >= MAX_OVERRIDES || !hasRoom(tenant))) {
            return Decision.local(StoreResult.TOO_MANY);
        }
        store(tenant, snapshot.with(key, override));
        return Decision.local(StoreResult.STORED);
    }

    @Override
    public CompletionStage<Decision<Boolean>> removeOverride(
            String tenant, String name, String subject, Deadline deadline) {
        return remove(tenant, OverrideKey.of(name, subject));
    }

    @Override
    public CompletionStage<Decision<Boolean>> removeOverrideByTag(
            String tenant, String name, String tag, Deadline deadline) {
        return remove(tenant, OverrideKey.ofTag(name, tag));
    }

    private synchronized CompletionStage<Decision<Boolean>> remove(String tenant, OverrideKey key) {
        var snapshot = of(tenant).withoutEnded();
        boolean existed = snapshot.overrides(key);
        if (existed) {
            store(tenant, snapshot.without(key));
        }
        return Decision.local(existed);
    }

    @Override
    public void onChange(Runnable changed) {
        onChange.add(changed);
    }

    private PolicySnapshot of(String tenant) {
        var snapshot = snapshots.get(tenant);
        return snapshot == null ? PolicySnapshot.of(declared.of(tenant), true, clock) : snapshot;
    }

    private boolean hasRoom(String tenant) {
        return snapshots.containsKey(tenant) || snapshots.size() < MAX_TENANTS;
    }

    private void store(String tenant, PolicySnapshot snapshot) {
        if (snapshot.storedPolicies() == 0 && snapshot.overrides() == 0) {
            snapshots.remove(tenant);
        } else {
            snapshots.put(tenant, snapshot);
        }
        onChange.forEach(Runnable::run);
    }
}
