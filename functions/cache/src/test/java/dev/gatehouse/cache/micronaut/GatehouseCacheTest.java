// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache.micronaut;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.redis.LinkProbe;
import dev.gatehouse.testkit.DeepTest;
import dev.gatehouse.testkit.Rounds;
import dev.gatehouse.testkit.Threads;
import dev.gatehouse.testkit.redis.RedisProcess;
import io.micronaut.cache.CacheManager;
import io.micronaut.cache.SyncCache;
import io.micronaut.cache.annotation.Cacheable;
import io.micronaut.cache.exceptions.CacheSystemException;
import io.micronaut.cache.interceptor.ParametersKey;
import io.micronaut.context.ApplicationContext;
import io.micronaut.context.annotation.Requires;
import io.micronaut.context.exceptions.ConfigurationException;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Micronaut's annotations and its cache interface on Gatehouse, as micronaut-cache's own test kit verifies them. */
class GatehouseCacheTest {

    private static RedisProcess redis;
    private static ApplicationContext context;
    private static ApplicationContext elsewhere;

    private final CounterService counters = context.getBean(CounterService.class);
    private final SyncCache<?> cache = context.getBean(CacheManager.class).getCache("test");

    /** A slow method, the same in each process. */
    @Singleton
    @Requires(property = "counters")
    static class Slow {

        static final AtomicInteger RUNS = new AtomicInteger();

        @Cacheable("slow")
        String load(int round) {
            RUNS.incrementAndGet();
            return "round " + round;
        }

        @Cacheable("slow")
        Mono<String> loadMono(String round) {
            return Mono.fromSupplier(() -> {
                RUNS.incrementAndGet();
                return "round " + round;
            });
        }
    }

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        context = program(redis.url());
        elsewhere = program(redis.url());
    }

    private static ApplicationContext program(String url) {
        var properties = new HashMap<String, Object>(Map.of("counters", "true"));
        for (var name :
                List.of("counter", "counter2", "test", "series", "lists", "nulls", "failures", "pairs", "slow")) {
            properties.put("gatehouse.caches." + name + ".fresh-seconds", 60);
        }
        return ApplicationContext.builder()
                .deduceEnvironment(false)
                .properties(properties)
                .singletons(LinkProbe.patientSettings(url))
                .start();
    }

    @AfterAll
    static void stop() {
        context.close();
        elsewhere.close();
        redis.close();
    }

    @BeforeEach
    void clear() {
        counters.counters2.clear();
        counters.reset();
        for (var name : List.of("counter2", "test", "series", "lists", "nulls", "failures", "pairs", "slow")) {
            context.getBean(CacheManager.class).getCache(name).invalidateAll();
        }
        counters.runs.set(0);
    }

    @Test
    void allReturnTypesShareTheCachedValue() {
        assertThat(Mono.from(counters.fluxValue("test")).block()).isZero();
        counters.reset();
        assertThat(counters.increment("test")).isEqualTo(1);
        assertCached("test", 1);

        assertThat(counters.incrementNoCache("test")).isEqualTo(2);
        assertCached("test", 1);
        assertThat(counters.runs).hasValue(1);

        counters.reset("test");
        assertCached("test", 0);
        counters.set("test", 3);
        assertCached("test", 3);
        assertThat(counters.increment("test")).isEqualTo(4);
        assertCached("test", 4);
        assertThat(counters.futureIncrement("test").join()).isEqualTo(5);
        assertCached("test", 5);
    }

    private void assertCached(String name, int value) {
        assertThat(counters.getValue(name)).isEqualTo(value);
        assertThat(counters.atomicValue(name)).isEqualTo(value);
        assertThat(counters.getOptionalValue(name)).contains(value);
        assertThat(counters.futureValue(name).join()).isEqualTo(value);
        assertThat(counters.stageValue(name).toCompletableFuture().join()).isEqualTo(value);
        assertThat(Mono.from(counters.fluxValue(name)).block()).isEqualTo(value);
        assertThat(counters.monoValue(name).block()).isEqualTo(value);
        assertThat(elsewhere.getBean(CounterService.class).getValue(name)).isEqualTo(value);
    }

    @Test
    void methodsRunOnlyForMissesWhateverTheyReturn() {
        assertThat(counters.monoValue("mono").block()).isZero();
        assertThat(counters.monoValue("mono").block()).isZero();
        assertThat(counters.futureValue("future").join()).isZero();
        assertThat(counters.futureValue("future").join()).isZero();
        assertThat(counters.getOptionalValue("mono")).contains(0);
        assertThat(counters.list("list")).containsExactly(0);
        assertThat(counters.list("list")).containsExactly(0);
        assertThat(counters.series("series").collectList().block()).containsExactly(0, 1, 2);
        assertThat(counters.series("series").collectList().block()).containsExactly(0, 1, 2);
        assertThat(counters.runs).hasValue(4);
    }

    @Test
    void anInvalidationOfOneCacheLeavesTheOthers() {
        counters.increment("test");
        assertThat(counters.getValue2("test")).isZero();
        counters.increment2("test");
        assertThat(counters.getValue("test")).isEqualTo(1);
        assertThat(counters.getValue2("test")).isEqualTo(1);
        counters.counters2.put("test", 9);

        counters.reset();

        assertThat(counters.getValue("test")).isZero();
        assertThat(counters.getValue2("test")).isEqualTo(1);
        counters.reset2("test");
        assertThat(counters.getValue2("test")).isZero();
    }

    @Test
    void nullsAreNotCached() {
        assertThat(counters.nullable("n")).isNull();
        assertThat(counters.emptyMono("n").blockOptional()).isEmpty();
        assertThat(counters.getOptionalValue("n")).isEmpty();
        assertThat(counters.runs).hasValue(3);

        counters.counters.put("n", 7);
        assertThat(counters.nullable("n")).isEqualTo(7);
        assertThat(counters.emptyMono("n").block()).isEqualTo(7);
        assertThat(counters.runs).hasValue(4);
    }

    @Test
    void nullsAreCachedWhereConfigured() {
        try (var program = ApplicationContext.builder()
                .deduceEnvironment(false)
                .properties(Map.of(
                        "counters", "true",
                        "gatehouse.caches.nulls.nulls", "true",
                        "gatehouse.caches.counter.nulls", "true"))
                .singletons(LinkProbe.patientSettings(redis.url()))
                .start()) {
            var service = program.getBean(CounterService.class);
            for (int call = 1; call <= 2; call++) {
                assertThat(service.nullable("n")).isNull();
                assertThat(service.emptyMono("n").blockOptional()).isEmpty();
            }
            assertThat(service.runs).hasValue(1);
        }
    }

    @Test
    void duringAHoldTheOriginIsNotCalled() {
        try (var program = ApplicationContext.builder()
                .deduceEnvironment(false)
                .properties(Map.of("counters", "true", "gatehouse.caches.failures.hold-millis", 60_000))
                .singletons(LinkProbe.patientSettings(redis.url()))
                .start()) {
            var service = program.getBean(CounterService.class);
            assertThatThrownBy(() -> service.failing("held")).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> service.failing("held"))
                    .isInstanceOf(CacheSystemException.class)
                    .hasMessageContaining("hold");
            assertThatThrownBy(() -> service.failingLater("held").join())
                    .hasCauseInstanceOf(CacheSystemException.class);
            assertThat(service.runs).hasValue(1);
        }
    }

    @Test
    void aFailureIsThrownAsItIsAndNotCached() {
        for (int call = 1; call <= 2; call++) {
            assertThatThrownBy(() -> counters.failing("a"))
                    .isInstanceOf(IOException.class)
                    .hasMessage("broken a");
            assertThatThrownBy(() -> counters.failingLater("a").join()).hasRootCauseMessage("broken a");
        }
        assertThat(counters.runs).hasValue(4);
    }

    @Test
    void keysAreUnambiguous() {
        assertThat(counters.pair("a, b", "c")).isEqualTo("a, b+c");
        assertThat(counters.pair("a", "b, c")).isEqualTo("a+b, c");
        assertThat(counters.pair("a", null)).isEqualTo("a+null");
        assertThat(counters.listed(List.of("a, b", "c"))).isEqualTo("list of [a, b, c]");
        assertThat(counters.wide(9_007_199_254_740_993L)).isEqualTo("number 9007199254740993");
        assertThat(counters.wide(9_007_199_254_740_992L)).isEqualTo("number 9007199254740992");
        assertThat(counters.first("one", "two")).isEqualTo("one by two");
        assertThat(counters.first("one", "three")).isEqualTo("one by two");
        assertThat(counters.nothing()).isEqualTo(counters.nothing());
        assertThat(counters.listed(List.of())).isEqualTo("list of []");
        assertThat(counters.first("ö ", "two")).isEqualTo("ö  by two");
        assertThat(counters.pair("a, b", "c")).isEqualTo("a, b+c");

        counters.counters.clear();
        int runs = counters.runs.get();
        counters.forgetPair("a, b", "c");
        counters.pair("a", "b, c");
        assertThat(counters.runs).hasValue(runs);
        counters.pair("a, b", "c");
        assertThat(counters.runs).hasValue(runs + 1);
    }

    @Test
    void aConditionDecidesWhetherTheMethodIsCached() {
        assertThat(counters.conditional("cached")).isEqualTo(counters.conditional("cached"));
        assertThat(counters.conditional("uncached")).isNotEqualTo(counters.conditional("uncached"));
    }

    @Test
    void theCacheInterfaceWorksByHand() {
        cache.put("one", 1);
        cache.put("two", "2");
        assertThat(cache.get("one", Integer.class)).contains(1);
        assertThat(cache.get("two", String.class)).contains("2");
        assertThat(cache.get("two", Map.class)).as("another type").isEmpty();

        assertThat(cache.putIfAbsent("one", 5)).contains(1);
        assertThat(cache.putIfAbsent("six", 6)).isEmpty();
        assertThat(cache.get("six", Integer.class)).contains(6);
        assertThat(cache.get("five", Integer.class, () -> 5)).isEqualTo(5);
        assertThat(cache.get("five", Integer.class, () -> 6)).isEqualTo(5);
        assertThat(cache.async().get("seven", Integer.class, () -> 7).join()).isEqualTo(7);
        assertThat(cache.async().get("seven", Integer.class).join()).contains(7);

        cache.invalidate("one");
        assertThat(cache.get("one", Integer.class)).isEmpty();
        assertThat(cache.get("six", Integer.class)).contains(6);
        cache.invalidateAll();
        assertThat(cache.get("six", Integer.class)).isEmpty();
        assertThatThrownBy(() -> cache.get(new ParametersKey("a", "b"), Integer.class))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anInvalidSettingIsReportedByName() {
        try (var invalid = ApplicationContext.builder()
                .deduceEnvironment(false)
                .properties(Map.of("gatehouse.caches.prices.fresh-seconds", 0))
                .singletons(LinkProbe.patientSettings(redis.url()))
                .start()) {
            assertThatThrownBy(() -> invalid.getBean(CacheManager.class))
                    .hasStackTraceContaining("gatehouse.caches.prices")
                    .hasStackTraceContaining("freshSeconds must be 1 to 2592000");
        }
    }

    @Test
    void anUnknownCacheIsReportedByName() {
        assertThatThrownBy(() -> context.getBean(CacheManager.class).getCache("unknown"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("unknown");
    }

    @Test
    @DeepTest
    void of32ThreadsInTwoProgramsOneRunsTheMethodInEachRound() throws Exception {
        var programs = List.of(context.getBean(Slow.class), elsewhere.getBean(Slow.class));
        int rounds = Rounds.of(5, 200);
        int before = Slow.RUNS.get();
        for (int round = 0; round < rounds; round++) {
            int number = round;
            Threads.together(32, thread -> assertThat(programs.get(thread % 2).load(number))
                    .isEqualTo("round " + number));
            Threads.together(32, thread -> assertThat(
                            programs.get(thread % 2).loadMono("m" + number).block())
                    .isEqualTo("round m" + number));
        }
        assertThat(Slow.RUNS).hasValue(before + 2 * rounds);
    }

    @Test
    void withoutRedisMethodsAreCachedInThisProgramAndChangesFail() {
        var server = RedisProcess.start();
        server.close();
        try (var alone = program(server.url())) {
            var service = alone.getBean(CounterService.class);
            assertThat(service.getValue("test")).isZero();
            assertThat(service.getValue("test")).isZero();
            assertThat(service.runs).hasValue(1);
            assertThatThrownBy(() -> service.set("test", 3)).isInstanceOf(CacheSystemException.class);
            assertThatThrownBy(() -> service.increment("test")).isInstanceOf(CacheSystemException.class);
        }
    }
}
