// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache.annotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.cache.CacheKey;
import dev.gatehouse.cache.CacheWrite;
import dev.gatehouse.cache.CachedExecutor;
import dev.gatehouse.cache.Invalidation;
import dev.gatehouse.cache.method.MethodLoader;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.LinkProbe;
import dev.gatehouse.testkit.DeepTest;
import dev.gatehouse.testkit.Rounds;
import dev.gatehouse.testkit.Threads;
import dev.gatehouse.testkit.redis.RedisProcess;
import io.micronaut.context.ApplicationContext;
import io.micronaut.context.annotation.Requires;
import io.micronaut.serde.annotation.Serdeable;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Methods whose results are cached by annotation. */
class CachedTest {

    private static RedisProcess redis;
    private static ApplicationContext context;
    private static ApplicationContext elsewhere;

    private final Reports reports = context.getBean(Reports.class);

    @Serdeable
    record Report(String customer, int run) {}

    @Singleton
    @Requires(property = "reports")
    static class Reports {

        static final AtomicInteger RUNS = new AtomicInteger();

        boolean broken;

        @Cached(
                scope = "reports",
                key = "#{customer}",
                tags = {"all", "customer-#{customer}"},
                freshSeconds = 60,
                staleSeconds = 60)
        Report report(String customer, long ignored) throws IOException {
            if (broken) {
                throw new IOException("broken");
            }
            return new Report(customer, RUNS.incrementAndGet());
        }

        @Cached(scope = "reports", freshSeconds = 60)
        String pair(String one, Integer other) {
            return one + other + RUNS.incrementAndGet();
        }

        @Cached(
                scope = "sales",
                tags = {"customer-#{buyer}", "customer-#{seller}"},
                freshSeconds = 60)
        String sale(String buyer, String seller) {
            return buyer + seller + RUNS.incrementAndGet();
        }

        @Cached(scope = "brief", freshSeconds = 1, key = "k")
        int brief() {
            return RUNS.incrementAndGet();
        }

        @Cached(scope = "stages", freshSeconds = 60)
        CompletionStage<Report> stage(String customer) {
            return CompletableFuture.completedStage(new Report(customer, RUNS.incrementAndGet()));
        }

        @Cached(scope = "stages", freshSeconds = 60)
        CompletableFuture<String> failing() {
            RUNS.incrementAndGet();
            return CompletableFuture.failedFuture(new IOException("broken"));
        }

        @Cached(scope = "monos", freshSeconds = 60)
        Mono<Report> mono(String customer) {
            return Mono.fromSupplier(() -> new Report(customer, RUNS.incrementAndGet()));
        }

        @Cached(scope = "fluxes", freshSeconds = 60)
        Flux<Report> flux(String customer) {
            return Flux.range(1, 3).map(i -> new Report(customer + i, RUNS.incrementAndGet()));
        }

        @Cached(scope = "optionals", freshSeconds = 60)
        Optional<Report> optional(String customer) {
            int run = RUNS.incrementAndGet();
            return customer.isEmpty() ? Optional.empty() : Optional.of(new Report(customer, run));
        }
    }

    /** Methods with a hold or with nulls, in the scope "absent". */
    @Singleton
    @Requires(property = "reports")
    static class Absent {

        @Cached(scope = "absent", freshSeconds = 60, nulls = true)
        Report nullable(String customer) {
            Reports.RUNS.incrementAndGet();
            return null;
        }

        @Cached(scope = "absent", freshSeconds = 60, holdMillis = 600_000)
        Mono<Report> held(String customer, int number) {
            Reports.RUNS.incrementAndGet();
            return Mono.error(new IOException("broken"));
        }
    }

    /** Methods with settings out of their bounds, one for each program. */
    static class Invalid {

        @Singleton
        @Requires(property = "invalid", value = "fresh")
        static class Fresh {
            @Cached(scope = "s", freshSeconds = 0)
            int value() {
                return 1;
            }
        }

        @Singleton
        @Requires(property = "invalid", value = "stale")
        static class Stale {
            @Cached(scope = "s", freshSeconds = 1, staleSeconds = 2_592_000)
            int value() {
                return 1;
            }
        }

        @Singleton
        @Requires(property = "invalid", value = "scope")
        static class Scope {
            @Cached(scope = "a scope", freshSeconds = 1)
            int value() {
                return 1;
            }
        }

        @Singleton
        @Requires(property = "invalid", value = "tags")
        static class Tags {
            @Cached(scope = "s", freshSeconds = 1, tags = "a tag")
            int value() {
                return 1;
            }
        }

        @Singleton
        @Requires(property = "invalid", value = "lease")
        static class Lease {
            @Cached(scope = "s", freshSeconds = 1, leaseMillis = 0)
            int value() {
                return 1;
            }
        }

        @Singleton
        @Requires(property = "invalid", value = "wait")
        static class Wait {
            @Cached(scope = "s", freshSeconds = 1, waitMillis = 20_001)
            int value() {
                return 1;
            }
        }

        @Singleton
        @Requires(property = "invalid", value = "nothing")
        static class Nothing {
            @Cached(scope = "s", freshSeconds = 1)
            void value() {}
        }
    }

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        context = program("reports", "true");
        elsewhere = program("reports", "true");
    }

    @AfterAll
    static void stop() {
        context.close();
        elsewhere.close();
        redis.close();
    }

    private static ApplicationContext program(String property, String value) {
        return ApplicationContext.builder()
                .deduceEnvironment(false)
                .properties(Map.of(property, value))
                .singletons(LinkProbe.patientSettings(redis.url()))
                .start();
    }

    @BeforeEach
    void clear() {
        for (var scope : List.of("reports", "sales", "brief", "stages", "monos", "fluxes", "optionals", "absent")) {
            invalidate(new Invalidation(Optional.of(scope), List.of(), Set.of(), true, false));
        }
        reports.broken = false;
        Reports.RUNS.set(0);
    }

    @Test
    void aMethodRunsOncePerKeyInAllPrograms() throws Exception {
        assertThat(reports.report("ann", 1)).isEqualTo(new Report("ann", 1));
        assertThat(reports.report("ann", 2)).isEqualTo(new Report("ann", 1));
        assertThat(elsewhere.getBean(Reports.class).report("ann", 3)).isEqualTo(new Report("ann", 1));
        assertThat(reports.report("bob", 1)).isEqualTo(new Report("bob", 2));
    }

    @Test
    void withoutAKeyAllArgumentsAreTheKey() {
        assertThat(reports.pair("a", 1)).isEqualTo("a11").isEqualTo(reports.pair("a", 1));
        assertThat(reports.pair("a", 2)).isEqualTo("a22");
        assertThat(reports.pair("a", null)).isEqualTo("anull3");
        invalidate(Invalidation.of(CacheKey.ofJson(Optional.of("reports"), "[\"a\", 1.0]")));

        assertThat(reports.pair("a", 1)).isEqualTo("a14");
        assertThat(reports.pair("a", 2)).isEqualTo("a22");
    }

    @Test
    void anInvalidationOfATagOrAKeyEndsItsResultsOnly() throws Exception {
        reports.report("ann", 0);
        reports.report("bob", 0);

        invalidate(new Invalidation(Optional.of("reports"), List.of(), Set.of("customer-ann"), false, false));
        assertThat(reports.report("ann", 0).run()).isEqualTo(3);
        assertThat(reports.report("bob", 0).run()).isEqualTo(2);

        invalidate(Invalidation.of(CacheKey.of(Optional.of("reports"), "bob")));
        assertThat(reports.report("ann", 0).run()).isEqualTo(3);
        assertThat(reports.report("bob", 0).run()).isEqualTo(4);

        invalidate(new Invalidation(Optional.of("reports"), List.of(), Set.of("all"), false, false));
        assertThat(reports.report("ann", 0).run()).isEqualTo(5);
        assertThat(reports.report("bob", 0).run()).isEqualTo(6);
    }

    @Test
    void tagsThatAreTheSameForSomeArgumentsCountOnce() {
        assertThat(reports.sale("ann", "ann")).isEqualTo("annann1").isEqualTo(reports.sale("ann", "ann"));
        invalidate(new Invalidation(Optional.of("sales"), List.of(), Set.of("customer-ann"), false, false));
        assertThat(reports.sale("ann", "ann")).isEqualTo("annann2");
    }

    @Test
    void aTagMayHaveAnyText() throws Exception {
        for (var customer : List.of("José O'Neill", "", "x".repeat(500))) {
            int run = reports.report(customer, 0).run();
            assertThat(reports.report(customer, 0).run()).isEqualTo(run);
            var tag = CacheWrite.tagOf("customer-" + customer);
            invalidate(new Invalidation(Optional.of("reports"), List.of(), Set.of(tag), false, false));
            assertThat(reports.report(customer, 0).run()).isGreaterThan(run);
        }
    }

    @Test
    void ifTheMethodFailsTheStaleResultIsReturned() throws Exception {
        reports.report("ann", 0);
        invalidate(new Invalidation(Optional.of("reports"), List.of(), Set.of("all"), false, true));
        reports.broken = true;

        assertThat(reports.report("ann", 0)).isEqualTo(new Report("ann", 1));
        assertThatThrownBy(() -> reports.report("bob", 0))
                .isInstanceOf(IOException.class)
                .hasMessage("broken");

        reports.broken = false;
        assertThat(reports.report("ann", 0)).isEqualTo(new Report("ann", 2));
    }

    @Test
    void eachMethodHasALifetimeOfItsOwn() {
        assertThat(reports.brief()).isEqualTo(1);
        reports.pair("a", 1);

        await().until(() -> reports.brief() > 1);
        assertThat(reports.pair("a", 1)).isEqualTo("a12");
    }

    @Test
    void stagesPublishersAndOptionalsAreCachedAsTheirValues() {
        for (int call = 0; call < 2; call++) {
            assertThat(reports.stage("ann").toCompletableFuture().join()).isEqualTo(new Report("ann", 1));
        }
        for (int call = 0; call < 2; call++) {
            assertThat(reports.mono("ann").block()).isEqualTo(new Report("ann", 2));
        }
        for (int call = 0; call < 2; call++) {
            assertThat(reports.flux("a").collectList().block())
                    .containsExactly(new Report("a1", 3), new Report("a2", 4), new Report("a3", 5));
        }
        for (int call = 0; call < 2; call++) {
            assertThat(reports.optional("ann")).contains(new Report("ann", 6));
        }
        assertThat(reports.optional("")).isEmpty();
        assertThat(reports.optional("")).isEmpty();
        assertThat(Reports.RUNS).hasValue(8);
    }

    @Test
    void aFailureOfAStageIsNotCached() {
        for (int call = 1; call <= 2; call++) {
            assertThatThrownBy(() -> reports.failing().join())
                    .isInstanceOf(CompletionException.class)
                    .hasRootCauseMessage("broken");
            assertThat(Reports.RUNS).hasValue(call);
        }
    }

    @Test
    void nullsAreCachedIfTheAnnotationHasThem() {
        var absent = context.getBean(Absent.class);
        assertThat(absent.nullable("ann")).isNull();
        assertThat(absent.nullable("ann")).isNull();
        assertThat(Reports.RUNS).hasValue(1);
    }

    @Test
    void afterAFailureTheHoldKeepsAllFromRunningTheMethod() {
        assertThatThrownBy(() -> context.getBean(Absent.class).held("ann", 1).block())
                .hasRootCauseMessage("broken");
        assertThatThrownBy(() -> elsewhere.getBean(Absent.class).held("ann", 1).block())
                .isInstanceOfSatisfying(LoadHeld.class, held -> assertThat(held.retryAfter())
                        .isBetween(Duration.ofMinutes(5), Duration.ofMinutes(10)));
        assertThat(Reports.RUNS).hasValue(1);
    }

    @ParameterizedTest
    @CsvSource({
        "fresh, freshSeconds must be 1 to 2592000",
        "stale, staleSeconds must be at least 0",
        "scope, scope must be 1 to 128 visible",
        "tags, tags must be 1 to 128 visible",
        "lease, leaseMillis must be 1 to 3600000",
        "wait, waitMillis must be 0 to 20000",
        "nothing, needs a result to cache"
    })
    void aSettingOutOfItsBoundsStopsTheStart(String invalid, String problem) {
        assertThatThrownBy(() -> program("invalid", invalid).close())
                .hasStackTraceContaining("@Cached of dev.gatehouse.cache.annotation.CachedTest$Invalid$")
                .hasStackTraceContaining("value " + problem);
    }

    @Test
    @DeepTest
    void of32ThreadsInTwoProgramsOneRunsTheMethodInEachRound() throws Exception {
        var programs = List.of(reports, elsewhere.getBean(Reports.class));
        int rounds = Rounds.of(5, 200);
        for (int round = 0; round < rounds; round++) {
            var customer = "customer-" + round;
            int expected = round + 1;
            Threads.together(32, thread -> assertThat(
                            programs.get(thread % 2).report(customer, thread).run())
                    .isEqualTo(expected));
        }
        assertThat(Reports.RUNS).hasValue(rounds);
    }

    private static void invalidate(Invalidation invalidation) {
        assertThat(context.getBean(CachedExecutor.class)
                        .invalidate(MethodLoader.TENANT, invalidation, Deadline.in(Duration.ofSeconds(20)))
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(Decided.class);
    }
}
