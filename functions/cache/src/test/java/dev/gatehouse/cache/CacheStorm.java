// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.cache.FillOutcome.Filled;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.proxy.WireFault;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A cache behind a proxy with faults.
 *
 * @param cache the cache behind the proxy
 * @param observer the same cache on a connection without faults
 */
record CacheStorm(Fault fault, FaultProxy wire, RedisLink link, CacheStore cache, CacheStore observer, String tenant)
        implements AutoCloseable {

    private static final Duration BUDGET = Duration.ofMillis(500);

    /** A fault that lasts until the proxy passes everything again. */
    record Fault(String name, Consumer<FaultProxy> strike) {

        /** The faults of the connection and of single replies. */
        static final Fault[] ALL = Stream.concat(
                        Stream.of(WireFault.values()).map(fault -> new Fault(fault.name(), fault::strike)),
                        Stream.of(
                                truncated(0),
                                truncated(1),
                                truncated(20),
                                rejected("-NOSCRIPT No matching script."),
                                rejected("-BUSY Redis is busy running a script."),
                                rejected("-CLUSTERDOWN The cluster is down"),
                                new Fault("SECOND_REPLY_LOST", CacheStorm::loseTheSecondReply)))
                .toArray(Fault[]::new);

        private static Fault truncated(int bytes) {
            return new Fault("REPLY_TRUNCATED_AFTER_" + bytes, wire -> wire.truncateNextReply(bytes));
        }

        private static Fault rejected(String reply) {
            return new Fault(reply.substring(0, reply.indexOf(' ')), wire -> wire.injectNext(1, reply));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** Loses the replies from the second script on; Redis executes all of them. */
    private static void loseTheSecondReply(FaultProxy wire) {
        var scripts = new AtomicInteger();
        wire.affecting(words -> words.getFirst().startsWith("EVAL") && scripts.incrementAndGet() == 2)
                .swallowNextReplyAndReset();
    }

    /** Opens the link and loads the scripts, so that the next fault hits a working connection. */
    static CacheStorm brewing(RedisProcess redis, RedisLink direct, Fault fault) {
        var wire = FaultProxy.inFrontOf(redis);
        var link = RedisLink.to(RedisSettings.of(wire.host(), wire.port()));
        var tenant = "tenant-" + UUID.randomUUID();
        var storm = new CacheStorm(fault, wire, link, new RedisCache(link), new RedisCache(direct), tenant);
        var scope = Optional.of("warm");
        var warm = CacheKey.of(scope, "warm");
        var owner = new LoadOwner("warm");
        storm.untilDecided(() -> storm.look(warm, owner, 60_000));
        storm.untilDecided(() -> storm.extend(warm, 60_000));
        storm.untilDecided(() -> storm.fill(warm, owner));
        storm.untilDecided(() -> storm.release(warm, 0));
        storm.untilDecided(() -> storm.put(warm));
        storm.untilDecided(() -> storm.invalidate(new Invalidation(scope, List.of(warm), Set.of(), true, false)));
        return storm;
    }

    static CacheWrite write(CacheKey key) {
        return new CacheWrite(key, CacheValue.of("value"), 600, 600, key.scope().isPresent() ? Set.of("t") : Set.of());
    }

    CompletionStage<Decision<LookupOutcome>> look(CacheKey key, LoadOwner owner, long leaseMillis) {
        return cache.lookup(tenant, new CacheLookup(key, owner, leaseMillis), soon());
    }

    List<CompletionStage<Decision<LookupOutcome>>> lookAll(List<CacheLookup> lookups) {
        return cache.lookup(tenant, lookups, soon());
    }

    CompletionStage<Decision<FillOutcome>> fill(CacheKey key, LoadOwner owner) {
        return cache.fill(tenant, write(key), owner, soon());
    }

    CompletionStage<Decision<Optional<Instant>>> extend(CacheKey key, long leaseMillis) {
        return cache.extend(tenant, key, new LoadOwner("ada"), leaseMillis, soon());
    }

    CompletionStage<Decision<Boolean>> release(CacheKey key, long holdMillis) {
        return cache.release(tenant, key, new LoadOwner("ada"), holdMillis, soon());
    }

    CompletionStage<Decision<Filled>> put(CacheKey key) {
        return cache.put(tenant, write(key), soon());
    }

    CompletionStage<Decision<Boolean>> invalidate(Invalidation invalidation) {
        return cache.invalidate(tenant, invalidation, soon());
    }

    /** Looks up without a fault, as another caller. */
    LookupOutcome observed(CacheKey key, long leaseMillis) {
        var lookup = new CacheLookup(key, LoadOwner.random(), leaseMillis);
        return untilDecided(() -> observer.lookup(tenant, lookup, patience()));
    }

    FillOutcome observedFill(CacheKey key, LoadOwner owner) {
        return untilDecided(() -> observer.fill(tenant, write(key), owner, patience()));
    }

    void observedInvalidation(Invalidation invalidation) {
        untilDecided(() -> observer.invalidate(tenant, invalidation, patience()));
    }

    void strikes() {
        fault.strike.accept(wire);
    }

    void passes() {
        wire.pass();
    }

    /** Allows for the deadline and for a busy machine. */
    <T> Decision<T> inTime(Supplier<CompletionStage<Decision<T>>> call) {
        long from = System.nanoTime();
        var decision = call.get().toCompletableFuture().join();
        assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(BUDGET.plusSeconds(5));
        return decision;
    }

    /** Retries until there is a decision, as a caller does. */
    <T> T untilDecided(Supplier<CompletionStage<Decision<T>>> call) {
        var decision = await().atMost(Duration.ofSeconds(30))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> call.get().toCompletableFuture().join(), made -> !(made instanceof Unavailable));
        return ((Decided<T>) decision).value();
    }

    private static Deadline soon() {
        return Deadline.in(BUDGET);
    }

    private static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(20));
    }

    @Override
    public void close() {
        link.close();
        wire.close();
    }
}
