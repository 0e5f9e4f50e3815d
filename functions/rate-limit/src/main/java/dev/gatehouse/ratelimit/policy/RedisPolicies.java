// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.policy;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.redis.MicroClock;
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
 * overrides by name and the subject's {@link HashTag}. It also holds their counts, the earliest end of an override and a
 * version that each change raises. The key expires ten years after the last write, so that policies stay until removed but no key stays for
 * ever.
 *
 * <table>
 * <caption>The commands of each operation</caption>
 * <tr><td>a snapshot that is missing or due</td><td>{@code EVALSHA policies-read.lua} with the cached version:
 * {@code HGET}; if it differs, {@code HGETALL}</td></tr>
 * <tr><td>find</td><td>{@code EVALSHA policy-find.lua}: {@code HGET}</td></tr>
 * <tr><td>put</td><td>{@code EVALSHA policy-put.lua}: {@code TIME}, {@code HMGET}, {@code HGET}; if changed, three
 * times {@code HSET}, and {@code HSET} or {@code HDEL}; {@code PEXPIRE}</td></tr>
 * <tr><td>remove</td><td>{@code EVALSHA policy-remove.lua}: {@code TIME}, {@code HMGET}, {@code HDEL};
 * {@code HKEYS} if there are overrides, {@code HDEL} of each of its own; if any existed, twice {@code HSET}, {@code HSET} or
 * {@code HDEL}, {@code PEXPIRE}</td></tr>
 * <tr><td>override</td><td>{@code EVALSHA override-put.lua}: {@code TIME}, {@code HMGET},
 * {@code HEXISTS} unless the policy is declared, {@code HGET}; if changed, three times {@code HSET}, and {@code HSET} or
 * {@code HDEL}; {@code PEXPIRE}</td></tr>
 * <tr><td>remove an override</td><td>{@code EVALSHA override-remove.lua}: {@code TIME}, {@code HMGET}, {@code HDEL}; if
 * it existed, twice {@code HSET}, {@code HSET} or {@code HDEL}, {@code PEXPIRE}</td></tr>
 * <tr><td>the first write after an override has ended</td><td>also {@code HGETALL}, {@code HDEL} of each that has,
 * {@code HSET}, and {@code HSET} or {@code HDEL}</td></tr>
 * </table>
 *
 * <p>A process ignores ended overrides by its own clock. The next write removes them by the clock of the scripts.
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
    private final DeclaredPolicies declared;
    private final LongSupplier clock;
    private final PolicyCache cache;

    /** Creates policies on the system's clocks, without declared ones. */
    public RedisPolicies(RedisLink link) {
        this(link, DeclaredPolicies.NONE);
    }

    /** Creates policies on the system's clocks. */
    public RedisPolicies(RedisLink link, DeclaredPolicies declared) {
        this(link, declared, System::nanoTime, MicroClock::now);
    }

    /**
     * Creates policies.
     *
     * @param nanos the time by which snapshots age, in nanoseconds from any origin
     * @param clock the time by which overrides end, in microseconds since 1970
     */
    public RedisPolicies(RedisLink link, DeclaredPolicies declared, LongSupplier nanos, LongSupplier clock) {
        this.link = link;
        this.declared = declared;
        this.clock = clock;
        this.cache = new PolicyCache(this::read, nanos, link.settings().decisionBudget());
    }

    @Override
    public CompletionStage<Decision<PolicySnapshot>> snapshot(String tenant, Deadline deadline) {
        var snapshot = cache.get(tenant, deadline);
        return declared.of(tenant).isEmpty() ? snapshot : snapshot.thenApply(decision -> orDeclared(tenant, decision));
    }

    private Decision<PolicySnapshot> orDeclared(String tenant, Decision<PolicySnapshot> decision) {
        return decision instanceof Unavailable
                ? new Decided<>(PolicySnapshot.of(declared.of(tenant), false, clock), Source.LOCAL)
                : decision;
    }

    @Override
    public CompletionStage<Decision<PolicySnapshot>> current(String tenant, Deadline deadline) {
        cache.expire(tenant);
        return cache.get(tenant, deadline);
    }

    private CompletionStage<Decision<StoredPolicies>> read(
            String tenant, @Nullable StoredPolicies cached, Deadline deadline) {
        return link.run(call(READ, tenant).text(cached == null ? "" : cached.version()), deadline)
                .thenApply(reply -> Decision.of(reply.map(values -> stored(tenant, cached, values))));
    }

    private StoredPolicies stored(String tenant, @Nullable StoredPolicies cached, ScriptReply reply) {
        return switch (reply.word()) {
            case "same" -> Objects.requireNonNull(cached);
            case "changed" -> {
                var found = StoredPolicies.of(PolicySnapshot.of(declared.of(tenant), true, clock), reply.list(1));
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
    public CompletionStage<Decision<Optional<Policy>>> find(String tenant, String name, Deadline deadline) {
        return link.run(call(FIND, tenant).text(Limit.requireName(name)), deadline)
                .thenApply(reply -> Decision.of(reply.map(found -> switch (found.word()) {
                    case "found" ->
                        stored(new LimitText(name, found.text(1)).limit()).or(() -> declared(tenant, name));
                    case "absent" -> declared(tenant, name);
                    default -> throw found.unexpected();
                })));
    }

    private static Optional<Policy> stored(@Nullable Limit limit) {
        return Optional.ofNullable(limit).map(readable -> new Policy(readable, Policy.Source.STORED));
    }

    private Optional<Policy> declared(String tenant, String name) {
        return Optional.ofNullable(declared.of(tenant).get(name))
                .map(limit -> new Policy(limit, Policy.Source.DECLARED));
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
            String tenant, String subject, PolicyOverride override, Deadline deadline) {
        var key = OverrideKey.of(override.policy(), subject);
        var end = override.expiresAt();
        var call = call(OVERRIDE, tenant)
                .text(key.policy())
                .text(key.tag())
                .text(OverrideText.of(override).text())
                .number(end == null ? 0 : end.toEpochMilli())
                .flag(declared.of(tenant).containsKey(key.policy()))
                .number(MAX_OVERRIDES);
        return store(tenant, call, deadline, snapshot -> snapshot.with(key, override));
    }

    @Override
    public CompletionStage<Decision<Boolean>> removeOverride(
            String tenant, String name, String subject, Deadline deadline) {
        return remove(tenant, OverrideKey.of(name, subject), deadline);
    }

    @Override
    public CompletionStage<Decision<Boolean>> removeOverrideByTag(
            String tenant, String name, String tag, Deadline deadline) {
        return remove(tenant, OverrideKey.ofTag(name, tag), deadline);
    }

    private CompletionStage<Decision<Boolean>> remove(String tenant, OverrideKey key, Deadline deadline) {
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
