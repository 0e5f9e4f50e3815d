package dev.gatehouse.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.cache.FillOutcome.Filled;
import dev.gatehouse.cache.FillOutcome.LeaseLost;
import dev.gatehouse.cache.FillOutcome.Reason;
import dev.gatehouse.cache.LookupOutcome.Fresh;
import dev.gatehouse.cache.LookupOutcome.LoadState.Leased;
import dev.gatehouse.cache.LookupOutcome.LoadState.Loading;
import dev.gatehouse.cache.LookupOutcome.Missing;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.testkit.Threads;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.proxy.WireFault;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Each operation under each network fault: a repeated call ends as one call would. */
class CacheFaultsTest {

    private static final Duration BUDGET = Duration.ofSeconds(1);
    private static final LoadOwner ADA = new LoadOwner("ada");
    private static final Optional<String> SCOPE = Optional.of("s");
    private static final CacheKey KEY = CacheKey.of(SCOPE, "k");
    private static final CacheKey LOADING = CacheKey.of(SCOPE, "loading");

    private static final List<Invalidation> INVALIDATIONS = List.of(
            new Invalidation(SCOPE, List.of(KEY, LOADING), Set.of(), false, false),
            new Invalidation(SCOPE, List.of(), Set.of("t"), false, false),
            new Invalidation(SCOPE, List.of(), Set.of(), true, false));

    private static RedisProcess redis;
    private static RedisLink direct;

    /**
     * A cache behind a proxy with faults.
     *
     * @param cache the cache behind the proxy
     * @param observer the same cache on a connection without faults
     */
    private record Storm(
            WireFault fault, FaultProxy wire, RedisLink link, CacheStore cache, CacheStore observer, String tenant)
            implements AutoCloseable {

        /** Opens the link and loads the scripts, so that the next fault hits a working connection. */
        static Storm brewing(WireFault fault) {
            var wire = FaultProxy.inFrontOf(redis);
            var link = RedisLink.to(RedisSettings.of(wire.host(), wire.port()));
            var storm = new Storm(
                    fault, wire, link, new RedisCache(link), new RedisCache(direct), "tenant-" + UUID.randomUUID());
            var warm = CacheKey.of(SCOPE, "warm");
            untilDecided(() -> storm.look(warm, ADA));
            untilDecided(() -> storm.fill(warm));
            untilDecided(() -> storm.release(warm));
            untilDecided(() -> storm.put(warm));
            INVALIDATIONS.forEach(each -> untilDecided(() -> storm.invalidate(each)));
            return storm;
        }

        CompletionStage<Decision<LookupOutcome>> look(CacheKey key, LoadOwner owner) {
            return cache.lookup(tenant, new CacheLookup(key, owner, 60_000), soon());
        }

        CompletionStage<Decision<FillOutcome>> fill(CacheKey key) {
            return cache.fill(tenant, write(key), ADA, soon());
        }

        CompletionStage<Decision<Boolean>> release(CacheKey key) {
            return cache.release(tenant, key, ADA, 0, soon());
        }

        CompletionStage<Decision<Filled>> put(CacheKey key) {
            return cache.put(tenant, write(key), soon());
        }

        CompletionStage<Decision<Boolean>> invalidate(Invalidation invalidation) {
            return cache.invalidate(tenant, invalidation, soon());
        }

        LookupOutcome observed(CacheKey key, long leaseMillis) {
            return untilDecided(
                    () -> observer.lookup(tenant, new CacheLookup(key, LoadOwner.random(), leaseMillis), patience()));
        }

        void strikes() {
            fault.strike(wire);
        }

        void passes() {
            wire.pass();
        }

        @Override
        public void close() {
            link.close();
            wire.close();
        }
    }

    private interface Trial {
        void under(Storm storm);
    }

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        direct = RedisLink.to(RedisSettings.of("127.0.0.1", redis.port()));
    }

    @AfterAll
    static void stop() {
        direct.close();
        redis.close();
    }

    private static void underEachFault(Trial trial) throws Exception {
        Threads.each(WireFault.values(), fault -> {
            try (var storm = Storm.brewing(fault)) {
                trial.under(storm);
            }
        });
    }

    @Test
    void underAnyFaultRepeatingTheLookupGrantsTheLeaseToTheCallerAlone() throws Exception {
        underEachFault(storm -> {
            storm.strikes();
            if (inTime(() -> storm.look(KEY, ADA)) instanceof Decided<LookupOutcome>(var outcome, var _)) {
                assertThat(outcome.load()).isInstanceOf(Leased.class);
            }
            storm.passes();

            assertThat(untilDecided(() -> storm.look(KEY, ADA)))
                    .isInstanceOfSatisfying(Missing.class, missing -> assertThat(missing.load())
                            .isInstanceOfSatisfying(Leased.class, leased -> assertThat(leased.owner())
                                    .isEqualTo(ADA)));
            assertThat(storm.observed(KEY, 60_000).load()).isInstanceOf(Loading.class);
        });
    }

    @Test
    void underAnyFaultRepeatingTheFillStoresTheValue() throws Exception {
        underEachFault(storm -> {
            untilDecided(() -> storm.look(KEY, ADA));
            storm.strikes();
            if (inTime(() -> storm.fill(KEY)) instanceof Decided<FillOutcome>(var outcome, var _)) {
                assertThat(outcome).isInstanceOf(Filled.class);
            }
            storm.passes();

            var filled = untilDecided(() -> storm.fill(KEY));
            assertThat(filled).isInstanceOf(Filled.class);
            assertThat(storm.observed(KEY, 0)).isInstanceOfSatisfying(Fresh.class, fresh -> {
                assertThat(fresh.entry().value()).isEqualTo(write(KEY).value());
                assertThat(fresh.entry().freshUntil()).isEqualTo(((Filled) filled).freshUntil());
            });
        });
    }

    @Test
    void underAnyFaultRepeatingTheReleaseFreesTheLease() throws Exception {
        underEachFault(storm -> {
            untilDecided(() -> storm.look(KEY, ADA));
            storm.strikes();
            inTime(() -> storm.release(KEY));
            storm.passes();

            assertThat(untilDecided(() -> storm.release(KEY))).isTrue();
            assertThat(storm.observed(KEY, 60_000).load()).isInstanceOf(Leased.class);
        });
    }

    @Test
    void underAnyFaultRepeatingThePutStoresTheValue() throws Exception {
        underEachFault(storm -> {
            storm.strikes();
            inTime(() -> storm.put(KEY));
            storm.passes();

            untilDecided(() -> storm.put(KEY));
            assertThat(storm.observed(KEY, 0)).isInstanceOf(Fresh.class);
        });
    }

    @Test
    void underAnyFaultAnAcknowledgedInvalidationEndsValuesAndLoads() throws Exception {
        underEachFault(storm -> {
            for (var invalidation : INVALIDATIONS) {
                untilDecided(() -> storm.put(KEY));
                var lease = (Leased) untilDecided(() -> storm.look(LOADING, LoadOwner.random()))
                        .load();
                storm.strikes();
                if (inTime(() -> storm.invalidate(invalidation)) instanceof Decided) {
                    assertEnded(storm, lease);
                }
                storm.passes();

                assertThat(untilDecided(() -> storm.invalidate(invalidation))).isTrue();
                assertEnded(storm, lease);
            }
        });
    }

    private static void assertEnded(Storm storm, Leased lease) {
        assertThat(storm.observed(KEY, 0)).isInstanceOf(Missing.class);
        assertThat(untilDecided(() -> storm.observer().fill(storm.tenant(), write(LOADING), lease.owner(), patience())))
                .isEqualTo(new LeaseLost(Reason.INVALIDATED));
    }

    private static CacheWrite write(CacheKey key) {
        return new CacheWrite(key, CacheValue.of("value"), 600, 0, Set.of("t"));
    }

    /** Allows for the deadline and for a busy machine. */
    private static <T> Decision<T> inTime(Supplier<CompletionStage<Decision<T>>> call) {
        long from = System.nanoTime();
        var decision = call.get().toCompletableFuture().join();
        assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(BUDGET.plusSeconds(5));
        return decision;
    }

    /** Retries until there is a decision, as a caller does. */
    private static <T> T untilDecided(Supplier<CompletionStage<Decision<T>>> call) {
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
}
