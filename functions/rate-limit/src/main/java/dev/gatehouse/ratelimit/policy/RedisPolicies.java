package dev.gatehouse.ratelimit.policy;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.Script;
import dev.gatehouse.redis.ScriptCall;
import dev.gatehouse.redis.ScriptReply;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores policies on Redis, with one round trip for each operation. Caches the snapshots of up to 1,000 tenants.
 *
 * <p>Each tenant has one key, {@code gh:{<tenant>:policies}:rl}. Its value is a hash of the policies by name and the
 * overrides by name and the subject's {@link HashTag}. It also holds their counts and a version that each change
 * raises. The key expires ten years after the last write, so that policies stay until removed but no key stays for
 * ever.
 *
 * <table>
 * <caption>The commands of each operation</caption>
 * <tr><td>a snapshot that is missing or due</td><td>{@code EVALSHA policies-read.lua} with the cached version:
 * {@code HGET}; if it differs, {@code HGETALL}</td></tr>
 * <tr><td>find</td><td>{@code EVALSHA policy-find.lua}: {@code HGET}</td></tr>
 * <tr><td>put</td><td>{@code EVALSHA policy-put.lua}: {@code TIME}, {@code HMGET}, {@code HGET}; if changed, twice
 * {@code HSET}; {@code PEXPIRE}</td></tr>
 * <tr><td>remove</td><td>{@code EVALSHA policy-remove.lua}: {@code TIME}, {@code HMGET}, {@code HDEL}; if it existed,
 * {@code HKEYS} if there are overrides, {@code HDEL} of each of its own, {@code HSET}, {@code PEXPIRE}</td></tr>
 * <tr><td>override</td><td>{@code EVALSHA override-put.lua}: {@code TIME}, {@code HMGET}, {@code HEXISTS},
 * {@code HGET}; if changed, twice {@code HSET}; {@code PEXPIRE}</td></tr>
 * <tr><td>remove an override</td><td>{@code EVALSHA override-remove.lua}: {@code TIME}, {@code HMGET}, {@code HDEL}; if
 * it existed, {@code HSET}, {@code PEXPIRE}</td></tr>
 * </table>
 *
 * <p>The new version is the greater of the previous one plus one and now in microseconds. A hash that Redis lost and
 * that was written anew therefore has another version.
 *
 * <p>An unreadable limit, written by hand or by a later Gatehouse, is left unchanged and logged once. It is treated as
 * absent: the policy is unknown, or applies to the override's subject.
 */
public final class RedisPolicies implements Policies {

    private static final Logger LOG = LoggerFactory.getLogger(RedisPolicies.class);

    private static final Script READ = Script.beside(RedisPolicies.class, "policies-read");
    private static final Script FIND = Script.beside(RedisPolicies.class, "policy-find");
    private static final Script PUT = Script.beside(RedisPolicies.class, "policy-put");
    private static final Script REMOVE = Script.beside(RedisPolicies.class, "policy-remove");
    private static final Script OVERRIDE = Script.beside(RedisPolicies.class, "override-put");
    private static final Script REMOVE_OVERRIDE = Script.beside(RedisPolicies.class, "override-remove");

    private final RedisLink link;
    private final PolicyCache cache;

    /** Creates policies whose snapshots age by the system's monotonic clock. */
    public RedisPolicies(RedisLink link) {
        this(link, System::nanoTime);
    }

    /**
     * Creates policies whose snapshots age by {@code nanos}.
     *
     * @param nanos the time in nanoseconds, from any origin
     */
    public RedisPolicies(RedisLink link, LongSupplier nanos) {
        this.link = link;
        this.cache = new PolicyCache(this::read, nanos, link.settings().decisionBudget());
    }

    @Override
    public CompletionStage<Decision<PolicySnapshot>> snapshot(String tenant, Deadline deadline) {
        return cache.get(tenant, deadline);
    }

    private CompletionStage<Decision<StoredPolicies>> read(
            String tenant, @Nullable StoredPolicies cached, Deadline deadline) {
        return link.run(call(READ, tenant).text(cached == null ? "" : cached.version()), deadline)
                .thenApply(reply -> Decision.of(reply.map(values -> stored(tenant, cached, values))));
    }

    private static StoredPolicies stored(String tenant, @Nullable StoredPolicies cached, ScriptReply reply) {
        return switch (reply.word()) {
            case "same" -> Objects.requireNonNull(cached);
            case "changed" -> {
                var found = StoredPolicies.of(reply.list(1));
                var unreadable = found.unreadable();
                if (!(cached == null ? Set.of() : cached.unreadable()).containsAll(unreadable)) {
                    LOG.warn("Policies of tenant {} cannot be read, or overrides of them: {}", tenant, unreadable);
                }
                yield found;
            }
            default -> throw reply.unexpected();
        };
    }

    @Override
    public CompletionStage<Decision<Optional<Limit>>> find(String tenant, String name, Deadline deadline) {
        return link.run(call(FIND, tenant).text(Limit.requireName(name)), deadline)
                .thenApply(reply -> Decision.of(reply.map(found -> switch (found.word()) {
                    case "found" -> Optional.ofNullable(new LimitText(name, found.text(1)).limit());
                    case "absent" -> Optional.empty();
                    default -> throw found.unexpected();
                })));
    }

    @Override
    public CompletionStage<Decision<StoreResult>> put(String tenant, Limit policy, Deadline deadline) {
        var call = call(PUT, tenant)
                .text(Policies.requireName(policy.name()))
                .text(LimitText.of(policy).text())
                .number(MAX_POLICIES);
        return store(tenant, call, deadline, snapshot -> snapshot.with(policy));
    }

    @Override
    public CompletionStage<Decision<Boolean>> remove(String tenant, String name, Deadline deadline) {
        var call = call(REMOVE, tenant).text(Limit.requireName(name));
        return remove(tenant, call, deadline, snapshot -> snapshot.without(name));
    }

    @Override
    public CompletionStage<Decision<StoreResult>> override(
            String tenant, String subject, Limit limit, Deadline deadline) {
        var key = OverrideKey.of(Policies.requireName(limit.name()), subject);
        var call = call(OVERRIDE, tenant)
                .text(key.policy())
                .text(key.tag())
                .text(LimitText.of(limit).text())
                .number(MAX_OVERRIDES);
        return store(tenant, call, deadline, snapshot -> snapshot.with(key, limit));
    }

    @Override
    public CompletionStage<Decision<Boolean>> removeOverride(
            String tenant, String name, String subject, Deadline deadline) {
        var key = OverrideKey.of(name, subject);
        var call = call(REMOVE_OVERRIDE, tenant).text(key.policy()).text(key.tag());
        return remove(tenant, call, deadline, snapshot -> snapshot.without(key));
    }

    @Override
    public void onChange(Runnable changed) {
        cache.onChange(changed);
    }

    private CompletionStage<Decision<StoreResult>> store(
            String tenant, ScriptCall call, Deadline deadline, UnaryOperator<PolicySnapshot> change) {
        return write(tenant, call, deadline, change, StoreResult.STORED, reply -> switch (reply.word()) {
            case "stored", "overridden" -> StoreResult.STORED;
            case "no-such-policy" -> StoreResult.NO_SUCH_POLICY;
            case "too-many" -> StoreResult.TOO_MANY;
            default -> throw reply.unexpected();
        });
    }

    private CompletionStage<Decision<Boolean>> remove(
            String tenant, ScriptCall call, Deadline deadline, UnaryOperator<PolicySnapshot> change) {
        return write(tenant, call, deadline, change, true, reply -> switch (reply.word()) {
            case "removed" -> true;
            case "absent" -> false;
            default -> throw reply.unexpected();
        });
    }

    /**
     * Runs a write and updates the cached snapshot.
     *
     * @param change applies the write to a snapshot
     * @param done the outcome of a write that took effect
     */
    private <T> CompletionStage<Decision<T>> write(
            String tenant,
            ScriptCall call,
            Deadline deadline,
            UnaryOperator<PolicySnapshot> change,
            T done,
            Function<ScriptReply, T> outcome) {
        return link.run(call, deadline).thenApply(reply -> {
            Decision<T> decision = Decision.of(reply.map(outcome));
            switch (decision) {
                case Decided<T>(var decided, var _) when decided.equals(done) -> cache.apply(tenant, change);
                case Decided<T> _ -> {}
                // The write may have taken effect.
                case Unavailable<T> _ -> cache.apply(tenant, UnaryOperator.identity());
            }
            return decision;
        });
    }

    /** Returns a call on the tenant's key. It differs from all others, because no subject's tag has its length. */
    private static ScriptCall call(Script script, String tenant) {
        return ScriptCall.of(script).key("gh:{" + tenant + ":policies}:rl");
    }
}
