// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.local.Caller;
import dev.gatehouse.local.Server;
import dev.gatehouse.local.TestServer;
import dev.gatehouse.testkit.Threads;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The example traffic of a local run. */
class ExampleTrafficTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private static String metrics(Caller caller) {
        return caller.send(caller.anonymous("/metrics")).text();
    }

    private static boolean counts(Caller caller, String route, String outcome) {
        return Pattern.compile(
                        "gatehouse_requests_total\\{.*outcome=\"%s\",route=\"POST %s\"".formatted(outcome, route))
                .matcher(metrics(caller))
                .find();
    }

    @Test
    void usesSeveralCapabilitiesAndSendsNothingInvalid() throws IOException {
        try (var redis = RedisProcess.start();
                var server = TestServer.start("REDIS_URL", redis.url());
                var _ = ExampleTraffic.start(uri(server), TestServer.KEY)) {
            var caller = TestServer.caller(server);
            await().atMost(PATIENCE)
                    .until(() -> counts(caller, "/v1/rate-limits/check", "ok")
                            && counts(caller, "/v1/cache/lookup", "ok")
                            && counts(caller, "/v1/cache/fill", "ok")
                            && counts(caller, "/v1/idempotency/claims", "created")
                            && counts(caller, "/v1/idempotency/claims", "replayed")
                            && counts(caller, "/v1/idempotency/claims/complete", "ok")
                            && counts(caller, "/v1/jobs/take", "ok")
                            && counts(caller, "/v1/jobs/complete", "ok"));

            assertThat(metrics(caller))
                    .doesNotContain("invalid-request", "server-error", "internal-error", "lease-lost");
        }
    }

    @Test
    void continuesWithoutTheServerUntilItIsClosed() throws IOException {
        try (var traffic = startAndLoseTheServer()) {
            await().during(Duration.ofMillis(500))
                    .until(() -> !Threads.named("gatehouse-traffic").isEmpty());
            traffic.close();
        }
        await().atMost(PATIENCE).until(() -> Threads.named("gatehouse-traffic").isEmpty());
    }

    private static ExampleTraffic startAndLoseTheServer() throws IOException {
        try (var server = TestServer.start("ENABLE_REDIS", "false")) {
            var traffic = ExampleTraffic.start(uri(server), TestServer.KEY);
            var caller = TestServer.caller(server);
            await().atMost(PATIENCE).until(() -> counts(caller, "/v1/rate-limits/check", "ok"));
            return traffic;
        }
    }

    private static URI uri(Server server) {
        return URI.create("http://localhost:" + server.port());
    }
}
