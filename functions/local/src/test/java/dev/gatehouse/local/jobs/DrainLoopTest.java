package dev.gatehouse.local.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.gatehouse.local.Caller;
import dev.gatehouse.local.Scrape;
import dev.gatehouse.local.TestServer;
import dev.gatehouse.redis.config.InvalidSetting;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
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
                var scrape = Scrape.of(caller.send(caller.anonymous("/metrics").GET()).text());
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
