// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.local.Caller;
import dev.gatehouse.local.Caller.CallerResponse;
import dev.gatehouse.local.Server;
import dev.gatehouse.local.TestServer;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests an endpoint with {@code @RateLimited}, which responds like a check. */
class RateLimitedOverHttpTest {

    private static RedisProcess redis;
    private static Server server;
    private static Caller caller;

    @BeforeAll
    static void startTheServer() throws IOException {
        redis = RedisProcess.start();
        server = TestServer.start("REDIS_URL", redis.url());
        caller = TestServer.caller(server);
    }

    @AfterAll
    static void stopIt() {
        server.close();
        redis.close();
    }

    @Test
    void deniesWithTheRetryTime() {
        assertThat(report("ada").text()).isEqualTo("a report for ada");
        assertThat(report("ada").status()).isEqualTo(200);

        var denied = report("ada");

        assertThat(denied.status()).isEqualTo(429);
        assertThat(denied.header("Content-Type")).startsWith("application/problem+json");
        assertThat(denied.body())
                .containsEntry("type", "https://iana.org/assignments/http-problem-types#quota-exceeded")
                .containsEntry("violated-policies", List.of("reports"))
                .containsEntry("degraded", false);
        assertThat(denied.header("RateLimit-Policy")).isEqualTo("\"reports\";q=2;w=3600");
        assertThat(Integer.parseInt(denied.header("Retry-After"))).isBetween(1700, 1800);
        assertThat(denied.text()).doesNotContain("ada");
        assertThat(report("bob").status()).isEqualTo(200);
    }

    private static CallerResponse report(String customer) {
        return caller.send(caller.request("/reports?customer=" + customer).GET());
    }
}
