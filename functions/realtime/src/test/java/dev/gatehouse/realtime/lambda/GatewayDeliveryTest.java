// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The delivery while the management API answers 200, 410, 429, 5xx or nothing, and while Redis does not reply. */
class GatewayDeliveryTest {

    private static RedisProcess redis;

    private static ManagementStub api;
    private static TestFunction function;

    private final String test = UUID.randomUUID().toString();
    private final String room = "room:" + test;

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        api = ManagementStub.start();
        function = new TestFunction(redis.url(), api);
        await().until(() -> isServing(function));
        // Loads all scripts, so that each is one command later.
        for (var connection : new String[] {"warm-1", "warm-2"}) {
            function.send("warm", connection, "{'do':'join','channel':'room:warm'}");
            function.send("warm", connection, "{'do':'leave','channel':'room:warm'}");
        }
    }

    @AfterAll
    static void stop() {
        function.close();
        api.close();
        redis.close();
    }

    @AfterEach
    void everyRequestWasSigned() {
        assertThat(api.problems).isEmpty();
    }

    @Test
    void closedWebSocketsLeaveInOneScriptAndAreAnnouncedOnce() {
        join(12);
        IntStream.range(0, 5).forEach(n -> api.respond(id(n), 410));
        api.forget();
        long scripts = redis.calls("evalsha") + redis.calls("eval");

        publish(11);

        assertThat(redis.calls("evalsha") + redis.calls("eval") - scripts)
                .as("the limit of messages; publish; the heartbeat of this connection; leave; the remaining members")
                .isEqualTo(5);
        for (int n = 5; n < 12; n++) {
            var messages = api.messages(id(n));
            assertThat(messages)
                    .filteredOn(text -> text.contains("\"on\":\"event\""))
                    .hasSize(1);
            assertThat(messages.stream().filter(text -> text.contains("\"on\":\"left\"")))
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.range(0, 5).mapToObj(this::left).toList());
        }
        api.forget();
        publish(11);
        IntStream.range(0, 5).forEach(n -> assertThat(api.attempts(id(n))).isZero());
        assertThat(api.messages(id(6))).hasSize(1);
    }

    @Test
    void oneThatHangsDelaysNoOther() {
        join(10);
        api.respond(id(3), ManagementStub.HANG);
        api.forget();
        long start = System.nanoTime();
        var publisher = Thread.ofVirtual().start(() -> publish(9));

        await().atMost(ConnectionPosts.TIMEOUT.minusMillis(500))
                .until(() -> IntStream.range(0, 10).filter(n -> n != 3).allMatch(n -> api.messages(id(n)).stream()
                        .anyMatch(text -> text.contains("\"event\""))));
        await().until(() -> !publisher.isAlive());
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(ConnectionPosts.TIMEOUT.plusSeconds(2));
        assertThat(api.attempts(id(3))).isEqualTo(1);
        assertThat(api.messages(id(9)).getLast()).as("it is still a member").doesNotContain("left");
    }

    @Test
    void theInvocationEndsInTimeThoughAllHang() {
        join(60);
        IntStream.range(0, 60).forEach(n -> api.respond(id(n), ManagementStub.HANG));
        var event = TestEvent.message("user-0", id(0), publication());
        long start = System.nanoTime();
        function.invoke(event, Duration.ofMillis(1500));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(1500));
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 500, 502, 503})
    void throttledAndFailedPostsAreRetried(int status) {
        join(3);
        api.respond(id(1), status, status, 200);
        api.respond(id(2), status);
        api.forget();

        publish(0);
        assertThat(api.attempts(id(1))).isEqualTo(3);
        assertThat(api.messages(id(1))).singleElement().asString().contains("\"event\"");
        assertThat(api.attempts(id(2))).as("given up").isBetween(3, 6);
        assertThat(api.messages(id(0))).as("nobody left").hasSize(2).noneMatch(text -> text.contains("left"));

        api.respond(id(2), 200);
        publish(0);
        assertThat(api.messages(id(2))).as("it gets the next one").hasSize(1);
    }

    @Test
    void rejectedPostsAreNotRetried() {
        join(2);
        api.respond(id(1), 400);
        api.forget();
        publish(0);
        assertThat(api.attempts(id(1))).isEqualTo(1);
        assertThat(api.messages(id(0))).noneMatch(text -> text.contains("left"));
    }

    @Test
    void postsAreParallelUpToABound() {
        join(120);
        api.mostAtOnce.set(0);
        api.delayMillis = 50;
        try {
            publish(0);
        } finally {
            api.delayMillis = 0;
        }
        assertThat(api.mostAtOnce.get()).isBetween(10, ConnectionPosts.MAX_CONCURRENT);
        IntStream.range(1, 120)
                .forEach(n -> assertThat(api.messages(id(n)).getLast()).contains("\"event\""));
    }

    @Test
    void whileRedisDoesNotReplyNobodyLeavesAndClientsAreTold() {
        try (var own = RedisProcess.start();
                var wire = FaultProxy.inFrontOf(own);
                var down = new TestFunction(
                        Map.of(
                                "REDIS_URL", "redis://" + wire.host() + ":" + wire.port(),
                                "REDIS_CONNECTION_TIMEOUT", "1000",
                                "REDIS_COMMAND_TIMEOUT", "300"),
                        api)) {
            await().until(() -> isServing(down));
            for (var one : List.of("ada", "grace")) {
                down.send(one, one + test, "{'do':'join','channel':'" + room + "'}");
            }
            api.forget();
            own.stop();

            assertThat(down.send("ada", "ada" + test, "{'do':'ping'}")).isEqualTo(200);
            assertThat(down.outcome()).isEqualTo("store-unavailable");
            assertThat(api.messages("ada" + test)).containsExactly("{\"on\":\"pong\",\"degraded\":true}");
            down.send("ada", "ada" + test, publication());
            assertThat(api.messages("ada" + test).getLast()).contains("\"problem\":\"store-unavailable\"");
            down.send("ada", "ada" + test, "{'do':'join','channel':'" + room + "'}");
            assertThat(api.messages("ada" + test).getLast()).contains("\"problem\":\"store-unavailable\"");
            assertThat(down.invoke(TestEvent.DISCONNECT.of("ada", "ada" + test)))
                    .isEqualTo(200);
            assertThat(api.messages("grace" + test)).isEmpty();

            own.restart();
            await().atMost(Duration.ofSeconds(20)).until(() -> isServing(down));
        }
    }

    private static boolean isServing(TestFunction function) {
        function.send("warm", "warm", "{'do':'ping'}");
        return function.outcome().equals("ok");
    }

    private void join(int members) {
        IntStream.range(0, members)
                .forEach(n -> function.send("user-" + n, id(n), "{'do':'join','channel':'" + room + "'}"));
    }

    private void publish(int by) {
        function.send("user-" + by, id(by), publication());
    }

    private String publication() {
        return "{\"do\":\"publish\",\"channel\":\"" + room + "\",\"event\":\"e\",\"data\":1}";
    }

    private String left(int n) {
        return "{\"on\":\"left\",\"channel\":\"" + room + "\",\"userId\":\"user-" + n + "\"}";
    }

    private String id(int n) {
        return "c" + n + "=" + test;
    }
}
