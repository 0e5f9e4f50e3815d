// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.gatehouse.local.Caller;
import dev.gatehouse.local.Scrape;
import dev.gatehouse.local.TestServer;
import dev.gatehouse.redis.config.InvalidSetting;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The server drains the configured queues by itself. */
class DrainLoopTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static Map<String, String> settings(String redisUrl, int port) {
        return Map.of(
                "REDIS_URL", redisUrl,
                "GATEHOUSE_TENANT", "demo",
                "GATEHOUSE_JOBS_TARGET", "http://127.0.0.1:" + port + "/work",
                "GATEHOUSE_JOBS_QUEUES", "mails",
                "GATEHOUSE_JOBS_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    }

    @Test
    void deliversWhatIsDueAndShowsTheNumbers() throws Exception {
        List<String> received = new CopyOnWriteArrayList<>();
        var target = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        target.createContext("/work", exchange -> {
            var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            received.add(body);
            exchange.sendResponseHeaders(body.contains("\"bad\"") ? 410 : 204, -1);
            exchange.close();
        });
        target.start();
        try (var redis = RedisProcess.start();
                var server = TestServer.start(
                        settings(redis.url(), target.getAddress().getPort()))) {
            var caller = TestServer.caller(server);
            enqueue(caller, "good", "");
            enqueue(caller, "bad", "");
            enqueue(caller, "later", ",\"delayMillis\":600000");

            await().atMost(PATIENCE).until(() -> received.size() == 2);
            await().atMost(PATIENCE).untilAsserted(() -> {
                var scrape = Scrape.of(
                        caller.send(caller.anonymous("/metrics").GET()).text());
                assertThat(number(scrape, "dead")).isEqualTo(1);
                assertThat(number(scrape, "delayed")).isEqualTo(1);
                assertThat(number(scrape, "due")).isZero();
                assertThat(scrape.value("gatehouse_jobs_oldest_due_seconds", Map.of("queue", "mails")))
                        .isZero();
            });

            redis.stop();
            redis.restart();
            await().atMost(PATIENCE).until(() -> {
                enqueue(caller, "again", "");
                return received.size() > 2;
            });
        } finally {
            target.stop(0);
        }
    }

    @Test
    void aSlowQueueDoesNotHoldUpAnother() throws Exception {
        var slow = new CountDownLatch(1);
        var fast = new CountDownLatch(1);
        var target = target(exchange -> {
            if (body(exchange).contains("\"slow\"")) {
                slow.countDown();
                waitFor(fast);
            } else {
                fast.countDown();
            }
            exchange.sendResponseHeaders(204, -1);
        });
        try (var redis = RedisProcess.start();
                var server = TestServer.start(with(
                        settings(redis.url(), target.getAddress().getPort()),
                        Map.of("GATEHOUSE_JOBS_QUEUES", "mails reports", "GATEHOUSE_JOBS_TIMEOUT_SECONDS", "60")))) {
            var caller = TestServer.caller(server);
            caller.post("/v1/jobs/enqueue", "{\"queue\":\"reports\",\"id\":\"slow\",\"payload\":1}");
            assertThat(slow.await(20, TimeUnit.SECONDS)).isTrue();

            enqueue(caller, "fast", "");

            assertThat(fast.await(10, TimeUnit.SECONDS)).isTrue();
        } finally {
            target.stop(0);
        }
    }

    @Test
    void aStoppingServerFinishesItsDeliveriesAndBeginsNoOther() throws Exception {
        var begun = new CountDownLatch(1);
        var stopping = new CountDownLatch(1);
        var received = new CopyOnWriteArrayList<String>();
        var target = target(exchange -> {
            received.add(body(exchange));
            begun.countDown();
            waitFor(stopping);
            // The time in which the server would begin others.
            await().pollDelay(Duration.ofMillis(200)).until(() -> true);
            exchange.sendResponseHeaders(204, -1);
        });
        try (var redis = RedisProcess.start()) {
            var closed = new CompletableFuture<Void>();
            try (var server = TestServer.start(with(
                    settings(redis.url(), target.getAddress().getPort()), Map.of("GATEHOUSE_JOBS_AT_ONCE", "1")))) {
                var caller = TestServer.caller(server);
                for (var id : List.of("a", "b", "c", "d")) {
                    enqueue(caller, id, "");
                }
                assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
                var _ = Thread.ofVirtual().start(() -> {
                    server.close();
                    closed.complete(null);
                });
                await().pollDelay(Duration.ofMillis(300)).until(() -> true);
                stopping.countDown();
                closed.get(20, TimeUnit.SECONDS);
            }
            assertThat(received).hasSize(1);
            try (var server = TestServer.start(withoutTarget(redis.url()))) {
                var counts = TestServer.caller(server)
                        .post("/v1/jobs/counts", "{\"queue\":\"mails\"}")
                        .text();
                assertThat(counts).contains("\"due\":3,", "\"active\":0,");
            }
        } finally {
            target.stop(0);
        }
    }

    private static HttpServer target(HttpHandler handler) throws IOException {
        var target = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        target.setExecutor(task -> Thread.ofVirtual().start(task));
        target.createContext("/work", exchange -> {
            try (exchange) {
                handler.handle(exchange);
            }
        });
        target.start();
        return target;
    }

    private static String body(HttpExchange exchange) throws IOException {
        return new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static Map<String, String> with(Map<String, String> settings, Map<String, String> more) {
        var all = new HashMap<>(settings);
        all.putAll(more);
        return all;
    }

    private static Map<String, String> withoutTarget(String redisUrl) {
        return Map.of("REDIS_URL", redisUrl, "GATEHOUSE_TENANT", "demo");
    }

    private static void enqueue(Caller caller, String id, String more) {
        caller.post("/v1/jobs/enqueue", "{\"queue\":\"mails\",\"id\":\"%s\",\"payload\":1%s}".formatted(id, more));
    }

    private static double number(Scrape scrape, String state) {
        return scrape.value("gatehouse_jobs", Map.of("queue", "mails", "state", state));
    }

    @Test
    void aDrainWithoutRedisStopsTheStart() {
        var settings = new HashMap<>(settings("", 1));
        settings.remove("REDIS_URL");
        settings.put("ENABLE_REDIS", "false");

        assertThatThrownBy(() -> TestServer.start(settings))
                .isInstanceOf(InvalidSetting.class)
                .hasMessageContaining("ENABLE_REDIS");
    }
}
