// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.annotation;

import static dev.gatehouse.idempotency.annotation.OrderService.RUNS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.idempotency.IdempotencyKey;
import dev.gatehouse.idempotency.Inspection;
import dev.gatehouse.idempotency.RedisClaims;
import dev.gatehouse.idempotency.annotation.IdempotencyFailure.InFlight;
import dev.gatehouse.idempotency.annotation.IdempotencyFailure.KeyMissing;
import dev.gatehouse.idempotency.annotation.IdempotencyFailure.KeyReused;
import dev.gatehouse.idempotency.annotation.IdempotencyFailure.ResultUnavailable;
import dev.gatehouse.idempotency.annotation.IdempotencyFailure.StoreUnavailable;
import dev.gatehouse.idempotency.annotation.OrderService.Order;
import dev.gatehouse.idempotency.annotation.OrderService.Receipt;
import dev.gatehouse.idempotency.annotation.OrderService.Status;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.LinkProbe;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.testkit.DeepTest;
import dev.gatehouse.testkit.Rounds;
import dev.gatehouse.testkit.Threads;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.redis.RedisProcess;
import dev.gatehouse.validation.InvalidArgument;
import io.micronaut.context.ApplicationContext;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Methods with a key of their arguments, in programs without HTTP. */
class IdempotentMethodTest {

    private static RedisProcess redis;
    private static ApplicationContext context;
    private static ApplicationContext elsewhere;

    private final OrderService orders = context.getBean(OrderService.class);
    private final OrderService others = elsewhere.getBean(OrderService.class);
    private final String id = UUID.randomUUID().toString();

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        context = program(LinkProbe.patientSettings(redis.url()));
        elsewhere = program(LinkProbe.patientSettings(redis.url()));
    }

    @AfterAll
    static void stop() {
        context.close();
        elsewhere.close();
        redis.close();
    }

    private static ApplicationContext program(RedisSettings settings) {
        return ApplicationContext.builder()
                .deduceEnvironment(false)
                .properties(Map.of("orders", "true"))
                .singletons(settings)
                .start();
    }

    @BeforeEach
    void reset() {
        RUNS.set(0);
        orders.mayGoOn.drainPermits();
    }

    @Test
    void aMethodRunsOncePerKeyInAllPrograms() {
        assertThat(orders.pay(Order.of(id, 7))).isEqualTo(Receipt.of(id, 1));
        assertThat(orders.pay(Order.of(id, 7))).isEqualTo(Receipt.of(id, 1));
        assertThat(others.pay(Order.of(id, 7))).isEqualTo(Receipt.of(id, 1));
        assertThat(orders.pay(Order.of(id + "-2", 7))).isEqualTo(Receipt.of(id + "-2", 2));
    }

    @Test
    void resultsAreReadBackAsTheirDeclaredTypes() {
        assertThat(orders.list(id)).isEqualTo(others.list(id)).contains(Receipt.of(id, 1));
        assertThat(orders.map(id)).isEqualTo(others.map(id)).containsEntry(id, List.of(Receipt.of(id, 2)));
        assertThat(orders.optional(id, true))
                .isEqualTo(others.optional(id, true))
                .hasValue(Receipt.of(id, 3));
        assertThat(orders.status(id)).isEqualTo(others.status(id)).isEqualTo(Status.OPEN);
        assertThat(RUNS).as("methods without a scope have keys of their own").hasValue(4);
    }

    @Test
    void theAbsenceOfAResultIsAResult() {
        assertThat(orders.nothing(id)).isNull();
        assertThat(others.nothing(id)).isNull();
        assertThat(orders.optional(id, false)).isEmpty();
        assertThat(others.optional(id, false)).isEmpty();
        orders.notify(id);
        others.notify(id);
        assertThat(orders.stageOfNothing(id).join()).isNull();
        assertThat(others.stageOfNothing(id).join()).isNull();
        assertThat(RUNS).hasValue(4);
    }

    @Test
    void stagesAndPublishersHaveTheResultsOfTheirFirstRuns() {
        for (var each : List.of(orders, others)) {
            assertThat(each.stage(id).toCompletableFuture().join()).isEqualTo(Receipt.of(id, 1));
        }
        for (var each : List.of(orders, others)) {
            assertThat(each.mono(id).block()).isEqualTo(Receipt.of(id, 2));
        }
        for (var each : List.of(orders, others)) {
            assertThat(each.flux(id).collectList().block()).containsExactly(Receipt.of(id, 3), Receipt.of(id, 4));
        }
    }

    @Test
    void anExceptionReachesTheCallerAndFreesTheKey() {
        for (int run = 1; run <= 2; run++) {
            assertThatThrownBy(() -> orders.failing(id))
                    .isInstanceOf(IOException.class)
                    .hasMessage("run " + run);
        }
        for (int run = 3; run <= 4; run++) {
            assertThatThrownBy(() -> orders.failingStage(id).join())
                    .isInstanceOf(CompletionException.class)
                    .hasCause(new IOException("run " + run));
        }
        assertThat(RUNS).hasValue(4);
    }

    @Test
    void anotherFingerprintWithTheSameKeyIsRejected() {
        orders.pay(Order.of(id, 7));

        assertThatThrownBy(() -> others.pay(Order.of(id, 8)))
                .isInstanceOf(KeyReused.class)
                .hasMessageNotContaining(id);
        assertThat(RUNS).hasValue(1);
    }

    @Test
    void objectsAreKeysAndFingerprintsByTheirJson() {
        var labels = new LinkedHashMap<>(Map.of("a", "1"));
        labels.put("b", "2");
        var sameLabels = new LinkedHashMap<>(Map.of("b", "2"));
        sameLabels.put("a", "1");

        assertThat(orders.payWhole(Order.of(id, 7), labels)).isEqualTo(1);
        assertThat(others.payWhole(Order.of(id, 7), sameLabels)).isEqualTo(1);
        assertThatThrownBy(() -> orders.payWhole(Order.of(id, 7), Map.of("a", "1")))
                .isInstanceOf(KeyReused.class);
        assertThatThrownBy(() -> orders.payWhole(Order.of(id, 7), null)).isInstanceOf(KeyReused.class);
        assertThat(orders.payWhole(Order.of(id, 8), labels)).isEqualTo(2);
    }

    @Test
    void aKeyMayBeAnyTextButNone() {
        var texts = List.of("ä", "two words", "x".repeat(256), "sha256:x", "x");
        for (int n = 0; n < texts.size(); n++) {
            var text = id + texts.get(n);
            assertThat(orders.list(text).getFirst().run()).isEqualTo(n + 1);
            assertThat(others.list(text).getFirst().run()).isEqualTo(n + 1);
        }
        assertThatThrownBy(() -> orders.list("")).isInstanceOf(KeyMissing.class);
        assertThatThrownBy(() -> orders.list(null)).isInstanceOf(KeyMissing.class);
        assertThatThrownBy(() -> orders.stage(null).toCompletableFuture().join())
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(KeyMissing.class);
        assertThat(RUNS).hasValue(texts.size());
    }

    @Test
    void aKeyThatLooksLikeADigestIsNotThatOfAnotherText() {
        var text = new ExpressionText(context.getBean(io.micronaut.json.JsonMapper.class));
        var digest = text.of("key", "ä", 255);

        assertThat(digest).startsWith("sha256:");
        assertThat(text.of("key", digest, 255)).startsWith("sha256:").isNotEqualTo(digest);
        assertThatThrownBy(() -> text.of("key", "\ud800", 255)).isInstanceOf(InvalidArgument.class);
        assertThat(text.of("key", 42L, 255)).isEqualTo("42");
        assertThat(text.of("key", Status.PAID, 255)).isEqualTo("PAID");
        var uuid = UUID.randomUUID();
        assertThat(text.of("key", uuid, 255)).isEqualTo(uuid.toString());
    }

    @Test
    void theKeyHasTheNameOfTheClassAndMethodAsItsScope() {
        orders.notify(id);
        orders.pay(Order.of(id, 7));

        try (var link = RedisLink.to(LinkProbe.patientSettings(redis.url()))) {
            for (var scope : List.of(OrderService.class.getName() + ".notify", "pay")) {
                assertThat(new RedisClaims(link)
                                .inspect("default", new IdempotencyKey(scope, id), Deadline.in(Duration.ofSeconds(20)))
                                .toCompletableFuture()
                                .join())
                        .isInstanceOfSatisfying(Decided.class, decided -> assertThat(decided.value())
                                .isNotInstanceOf(Inspection.Absent.class));
            }
        }
    }

    @Test
    void whileTheMethodRunsForLongerThanItsLeaseOthersAreInFlight() {
        var first = async(() -> slow(orders));
        await().until(() -> RUNS.get() == 1);
        long from = System.nanoTime();

        await().atMost(Duration.ofSeconds(20)).until(() -> {
            assertThatThrownBy(() -> others.slow(id))
                    .isInstanceOfSatisfying(InFlight.class, inFlight -> assertThat(inFlight.retryAfter())
                            .isBetween(Duration.ZERO, Duration.ofSeconds(1)));
            return System.nanoTime() - from > Duration.ofMillis(1_500).toNanos();
        });

        orders.mayGoOn.release();
        assertThat(first.join()).isEqualTo(1).isEqualTo(slow(others));
    }

    @Test
    void aMethodMayCallAnotherButNotItselfWithTheSameKey() {
        assertThat(orders.enclosing(id, () -> orders.list(id).getFirst().order()))
                .isEqualTo("1 " + id);
        assertThat(orders.enclosing(id, () -> "not run")).isEqualTo("1 " + id);

        var another = id + "-2";
        assertThatThrownBy(() -> orders.enclosing(another, () -> others.enclosing(another, () -> "not run")))
                .isInstanceOf(InFlight.class);
        assertThat(orders.enclosing(another, () -> "free again")).isEqualTo("4 free again");
    }

    @Test
    void aStoredResultOfAnotherTypeIsAnErrorAndTheMethodDoesNotRun() {
        orders.text(id);

        assertThatThrownBy(() -> others.receipt(id))
                .isInstanceOf(ResultUnavailable.class)
                .hasMessageContaining("Receipt")
                .hasMessageNotContaining("text 1");
        assertThat(RUNS).hasValue(1);
        assertThat(orders.text(id)).isEqualTo("text 1");
    }

    @Test
    void aResultThatCannotBeStoredIsReturnedToItsCallerOnly() {
        assertThat(orders.large(id)).hasSize(256 * 1024);
        assertThatThrownBy(() -> orders.large(id)).isInstanceOf(ResultUnavailable.class);
        assertThat(orders.opaque(id)).isNotNull();
        assertThatThrownBy(() -> others.opaque(id)).isInstanceOf(ResultUnavailable.class);
        assertThat(RUNS).as("it runs once nevertheless").hasValue(2);
    }

    @Test
    void withoutRedisTheMethodDoesNotRunAndARunningOneReturnsItsResult() {
        try (var wire = FaultProxy.inFrontOf(redis);
                var behind = program(RedisSettings.of(wire.host(), wire.port()))) {
            var there = behind.getBean(OrderService.class);
            await().untilAsserted(() -> assertThat(there.status("warm")).isEqualTo(Status.OPEN));
            int before = RUNS.get();
            var first = async(() -> slow(there));
            await().until(() -> RUNS.get() == before + 1);
            wire.blackHole();

            there.mayGoOn.release();

            assertThat(first.join()).isEqualTo(before + 1);
            assertThatThrownBy(() -> there.list(id))
                    .isInstanceOfSatisfying(StoreUnavailable.class, unavailable -> assertThat(unavailable.retryAfter())
                            .isPositive());
            assertThat(RUNS).hasValue(before + 1);
            wire.pass();
        }
    }

    @Test
    @DeepTest
    void of32ThreadsInTwoProgramsOneRunsTheMethodInEachRound() throws Exception {
        int rounds = Rounds.of(5, 200);
        var replayed = new AtomicInteger();
        for (int round = 0; round < rounds; round++) {
            var order = Order.of(id + round, 7);
            int expected = round + 1;
            Threads.together(32, thread -> {
                try {
                    assertThat((thread % 2 == 0 ? orders : others).pay(order).run())
                            .isEqualTo(expected);
                    replayed.incrementAndGet();
                } catch (InFlight e) {
                    assertThat(e.retryAfter()).isPositive();
                }
            });
        }
        assertThat(RUNS).hasValue(rounds);
        assertThat(replayed).hasValueGreaterThanOrEqualTo(rounds);
    }

    private int slow(OrderService service) {
        try {
            return service.slow(id);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static <T> CompletableFuture<T> async(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, Thread::startVirtualThread);
    }
}
