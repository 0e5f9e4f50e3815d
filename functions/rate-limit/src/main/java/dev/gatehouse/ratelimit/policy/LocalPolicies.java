package dev.gatehouse.ratelimit.policy;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.policy.Overriding.NoSuchPolicy;
import dev.gatehouse.ratelimit.policy.Overriding.Overridden;
import dev.gatehouse.ratelimit.policy.Putting.Stored;
import dev.gatehouse.redis.Deadline;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
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

    private final Map<String, PolicySnapshot> books = new ConcurrentHashMap<>();
    private final List<Runnable> onChange = new CopyOnWriteArrayList<>();

    @Override
    public CompletionStage<Decision<PolicySnapshot>> book(String tenant, Deadline deadline) {
        return decided(known(tenant));
    }

    @Override
    public CompletionStage<Decision<Optional<Limit>>> find(String tenant, String name, Deadline deadline) {
        var _ = Limit.unlimited(name);
        return decided(known(tenant).policy(name));
    }

    @Override
    public CompletionStage<Decision<Putting>> put(String tenant, Limit policy, Deadline deadline) {
        return decided(put(tenant, policy));
    }

    private synchronized Putting put(String tenant, Limit policy) {
        var book = known(tenant);
        boolean replaces = book.policy(policy.name()).isPresent();
        boolean room = book.policies() < MAX_POLICIES && (books.containsKey(tenant) || books.size() < MAX_TENANTS);
        if (!replaces && !room) {
            return new Putting.TooMany();
        }
        keep(tenant, book.with(policy));
        return new Stored();
    }

    @Override
    public CompletionStage<Decision<Removed>> remove(String tenant, String name, Deadline deadline) {
        var _ = Limit.unlimited(name);
        return decided(remove(tenant, name));
    }

    private synchronized Removed remove(String tenant, String name) {
        var book = known(tenant);
        if (book.policy(name).isEmpty()) {
            return new Removed(false);
        }
        keep(tenant, book.without(name));
        return new Removed(true);
    }

    @Override
    public CompletionStage<Decision<Overriding>> override(
            String tenant, String subject, Limit limit, Deadline deadline) {
        return decided(override(tenant, OverrideKey.of(limit, subject), limit));
    }

    private synchronized Overriding override(String tenant, OverrideKey key, Limit limit) {
        var book = known(tenant);
        if (book.policy(key.policy()).isEmpty()) {
            return new NoSuchPolicy();
        }
        if (!book.overrides(key) && book.overrides() >= MAX_OVERRIDES) {
            return new Overriding.TooMany();
        }
        keep(tenant, book.with(key, limit));
        return new Overridden();
    }

    @Override
    public CompletionStage<Decision<Removed>> removeOverride(
            String tenant, String name, String subject, Deadline deadline) {
        return decided(remove(tenant, OverrideKey.of(name, subject)));
    }

    private synchronized Removed remove(String tenant, OverrideKey key) {
        var book = known(tenant);
        if (!book.overrides(key)) {
            return new Removed(false);
        }
        keep(tenant, book.without(key));
        return new Removed(true);
    }

    @Override
    public void onChange(Runnable changed) {
        onChange.add(changed);
    }

    private PolicySnapshot known(String tenant) {
        return books.getOrDefault(tenant, PolicySnapshot.EMPTY);
    }

    private void keep(String tenant, PolicySnapshot book) {
        if (book.policies() == 0) {
            books.remove(tenant);
        } else {
            books.put(tenant, book);
        }
        onChange.forEach(Runnable::run);
    }

    private static <T> CompletionStage<Decision<T>> decided(T outcome) {
        return CompletableFuture.completedStage(new Decided<>(outcome, Source.LOCAL));
    }
}
