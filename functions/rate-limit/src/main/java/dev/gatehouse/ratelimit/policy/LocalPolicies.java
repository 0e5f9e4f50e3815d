package dev.gatehouse.ratelimit.policy;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.redis.Deadline;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Stores policies in this process's memory, for runs without Redis. Other processes do not see them, and they end with
 * the process. Each write copies the tenant's policies, so snapshots need no lock.
 */
public final class LocalPolicies implements Policies {

    /** The maximum of tenants, which bounds memory. A further tenant's policies are rejected as too many. */
    public static final int MAX_TENANTS = 1_000;

    private final Map<String, PolicySnapshot> snapshots = new ConcurrentHashMap<>();
    private final List<Runnable> onChange = new CopyOnWriteArrayList<>();

    @Override
    public CompletionStage<Decision<PolicySnapshot>> snapshot(String tenant, Deadline deadline) {
        return Decision.local(of(tenant));
    }

    @Override
    public CompletionStage<Decision<Optional<Limit>>> find(String tenant, String name, Deadline deadline) {
        return Decision.local(of(tenant).policy(Limit.requireName(name)));
    }

    @Override
    public synchronized CompletionStage<Decision<StoreResult>> put(String tenant, Limit policy, Deadline deadline) {
        var snapshot = of(tenant);
        boolean replaces = snapshot.policy(Policies.requireName(policy.name())).isPresent();
        boolean room =
                snapshot.policies() < MAX_POLICIES && (snapshots.containsKey(tenant) || snapshots.size() < MAX_TENANTS);
        if (!replaces && !room) {
            return Decision.local(StoreResult.TOO_MANY);
        }
        store(tenant, snapshot.with(policy));
        return Decision.local(StoreResult.STORED);
    }

    @Override
    public synchronized CompletionStage<Decision<Boolean>> remove(String tenant, String name, Deadline deadline) {
        boolean existed = of(tenant).policy(Limit.requireName(name)).isPresent();
        if (existed) {
            store(tenant, of(tenant).without(name));
        }
        return Decision.local(existed);
    }

    @Override
    public synchronized CompletionStage<Decision<StoreResult>> override(
            String tenant, String subject, Limit limit, Deadline deadline) {
        var key = OverrideKey.of(Policies.requireName(limit.name()), subject);
        var snapshot = of(tenant);
        if (snapshot.policy(key.policy()).isEmpty()) {
            return Decision.local(StoreResult.NO_SUCH_POLICY);
        }
        if (!snapshot.overrides(key) && snapshot.overrides() >= MAX_OVERRIDES) {
            return Decision.local(StoreResult.TOO_MANY);
        }
        store(tenant, snapshot.with(key, limit));
        return Decision.local(StoreResult.STORED);
    }

    @Override
    public synchronized CompletionStage<Decision<Boolean>> removeOverride(
            String tenant, String name, String subject, Deadline deadline) {
        var key = OverrideKey.of(name, subject);
        boolean existed = of(tenant).overrides(key);
        if (existed) {
            store(tenant, of(tenant).without(key));
        }
        return Decision.local(existed);
    }

    @Override
    public void onChange(Runnable changed) {
        onChange.add(changed);
    }

    private PolicySnapshot of(String tenant) {
        return snapshots.getOrDefault(tenant, PolicySnapshot.EMPTY);
    }

    private void store(String tenant, PolicySnapshot snapshot) {
        if (snapshot.policies() == 0) {
            snapshots.remove(tenant);
        } else {
            snapshots.put(tenant, snapshot);
        }
        onChange.forEach(Runnable::run);
    }
}
