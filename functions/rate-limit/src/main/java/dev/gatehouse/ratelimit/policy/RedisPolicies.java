package dev.gatehouse.ratelimit.policy;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.policy.Overriding.NoSuchPolicy;
import dev.gatehouse.ratelimit.policy.Overriding.Overridden;
import dev.gatehouse.ratelimit.policy.Putting.Stored;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.Script;
import dev.gatehouse.redis.ScriptCall;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

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

    private static final Script FIND = Script.beside(RedisPolicies.class, "policy-find");
    private static final Script PUT = Script.beside(RedisPolicies.class, "policy-put");
    private static final Script REMOVE = Script.beside(RedisPolicies.class, "policy-remove");
    private static final Script OVERRIDE = Script.beside(RedisPolicies.class, "override-put");
    private static final Script REMOVE_OVERRIDE = Script.beside(RedisPolicies.class, "override-remove");

    private final RedisLink link;
    private final KnownBooks books;

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
        this.books = new KnownBooks(new RedisShelf(link), nanos, link.settings().decisionBudget());
    }

    @Override
    public CompletionStage<Decision<PolicySnapshot>> book(String tenant, Deadline deadline) {
        return books.ask(tenant, deadline);
    }

    @Override
    public CompletionStage<Decision<Optional<Limit>>> find(String tenant, String name, Deadline deadline) {
        return link.run(call(FIND, tenant, named(name)), deadline)
                .thenApply(reply -> Decision.of(reply.map(found -> found(name, found))));
    }

    @Override
    public CompletionStage<Decision<Putting>> put(String tenant, Limit policy, Deadline deadline) {
        var call = call(PUT, tenant, policy.name(), LimitText.of(policy).text(), Integer.toString(MAX_POLICIES));
        return write(tenant, call, deadline, RedisPolicies::putting, new Stored(), book -> book.with(policy));
    }

    @Override
    public CompletionStage<Decision<Removed>> remove(String tenant, String name, Deadline deadline) {
        var call = call(REMOVE, tenant, named(name));
        return write(tenant, call, deadline, RedisPolicies::removed, new Removed(true), book -> book.without(name));
    }

    @Override
    public CompletionStage<Decision<Overriding>> override(
            String tenant, String subject, Limit limit, Deadline deadline) {
        var key = OverrideKey.of(limit, subject);
        var call = call(
                OVERRIDE, tenant, key.policy(), key.tag(), LimitText.of(limit).text(), Integer.toString(MAX_OVERRIDES));
        return write(
                tenant, call, deadline, RedisPolicies::overriding, new Overridden(), book -> book.with(key, limit));
    }

    @Override
    public CompletionStage<Decision<Removed>> removeOverride(
            String tenant, String name, String subject, Deadline deadline) {
        var key = OverrideKey.of(name, subject);
        var call = call(REMOVE_OVERRIDE, tenant, key.policy(), key.tag());
        return write(tenant, call, deadline, RedisPolicies::removed, new Removed(true), book -> book.without(key));
    }

    @Override
    public void onChange(Runnable changed) {
        books.onChange(changed);
    }

    /**
     * Runs a write and updates the cached snapshot.
     *
     * @param done the outcome that changes the policies
     * @param change applies {@code done} to a snapshot
     */
    private <T> CompletionStage<Decision<T>> write(
            String tenant,
            ScriptCall call,
            Deadline deadline,
            Function<List<Object>, T> outcome,
            T done,
            UnaryOperator<PolicySnapshot> change) {
        return link.run(call, deadline).thenApply(reply -> {
            Decision<T> answer = Decision.of(reply.map(outcome));
            switch (answer) {
                case Decided<T>(var decided, var _) when decided.equals(done) -> books.written(tenant, change);
                case Decided<T> _ -> {}
                // The write may have taken effect.
                case Unavailable<T> _ -> books.written(tenant, UnaryOperator.identity());
            }
            return answer;
        });
    }

    private static ScriptCall call(Script script, String tenant, String... args) {
        return ScriptCall.of(script, List.of(RedisShelf.key(tenant)), List.of(args));
    }

    /** Returns {@code name} if it is valid for a policy. */
    private static String named(String name) {
        return Limit.unlimited(name).name();
    }

    private static Optional<Limit> found(String name, List<Object> reply) {
        return switch ((String) reply.getFirst()) {
            case "found" -> Optional.ofNullable(new LimitText(name, (String) reply.get(1)).limit());
            case "absent" -> Optional.empty();
            case String other -> throw new IllegalStateException("policy-find.lua said " + other);
        };
    }

    private static Putting putting(List<Object> reply) {
        return switch ((String) reply.getFirst()) {
            case "stored" -> new Stored();
            case "too-many" -> new Putting.TooMany();
            case String other -> throw new IllegalStateException("policy-put.lua said " + other);
        };
    }

    private static Overriding overriding(List<Object> reply) {
        return switch ((String) reply.getFirst()) {
            case "overridden" -> new Overridden();
            case "no-such-policy" -> new NoSuchPolicy();
            case "too-many" -> new Overriding.TooMany();
            case String other -> throw new IllegalStateException("override-put.lua said " + other);
        };
    }

    private static Removed removed(List<Object> reply) {
        return switch ((String) reply.getFirst()) {
            case "removed" -> new Removed(true);
            case "absent" -> new Removed(false);
            case String other -> throw new IllegalStateException("a script that removes said " + other);
        };
    }
}
