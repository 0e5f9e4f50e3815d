// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.policy.RedisPolicies;
import dev.gatehouse.ratelimit.telemetry.LimitReporter;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.session.RedisSessions;
import dev.gatehouse.telemetry.RedisMetricValues;
import dev.gatehouse.telemetry.RequestFacts;
import dev.gatehouse.telemetry.Telemetry;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** Tests the log lines of denials and the counts of stored policies. */
@ResourceLock(Resources.SYSTEM_OUT)
class ReportedLimitsTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String IP = "192.0.2.77";

    private static final class CountingTelemetry implements Telemetry {

        final Map<String, AtomicLong> counts = new ConcurrentHashMap<>();

        @Override
        public EventCounter counter(String counter, String outcome, String label, String value) {
            var count = counts.computeIfAbsent(value + " " + outcome, _ -> new AtomicLong());
            return count::incrementAndGet;
        }

        @Override
        public void recordRequest(RequestFacts request) {}

        @Override
        public void recordCheck(RedisMetricValues redis) {}
    }

    private final String tenant = "t-" + UUID.randomUUID().toString().substring(0, 8);
    private final CountingTelemetry telemetry = new CountingTelemetry();

    @Test
    void reportsTheLimitsOfUsersAndAddresses() {
        var printed = new ByteArrayOutputStream();
        var out = System.out;
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try (var redis = RedisProcess.start();
                var link = RedisLink.to(RedisSettings.fromEnvironment(TestSessions.environment(redis)))) {
            authorizeFiveTimes(link);

            assertThat(printed.toString(StandardCharsets.UTF_8).lines())
                    .filteredOn(line -> line.contains("limit.denied") && line.contains(tenant))
                    .satisfiesExactlyInAnyOrder(
                            line -> assertThat(line).contains(denial("plan", "ada"), "\"traceId\":\"" + TRACE + "\""),
                            line -> assertThat(line).contains(denial("ip", IP), "\"traceId\":\"" + TRACE + "\""));
            assertThat(count("plan allowed")).isEqualTo(1);
            assertThat(count("plan near-limit")).isEqualTo(1);
            assertThat(count("plan denied")).isEqualTo(2);
            assertThat(telemetry.counts).doesNotContainKey("ip allowed");
            assertThat(printed.toString(StandardCharsets.UTF_8)).doesNotContain(IP);
        } finally {
            System.setOut(out);
        }
    }

    private static String denial(String policy, String subject) {
        return "\"policy\":\"%s\",\"subjectTag\":\"%s\",\"retryAfterMillis\":".formatted(policy, HashTag.of(subject));
    }

    /** The user's policy denies the second and third request, the address's limit the others. */
    private void authorizeFiveTimes(RedisLink link) {
        var put = new RedisPolicies(link).put(tenant, Limit.of("plan", 1, 600), deadline());
        assertThat(put.toCompletableFuture().join()).isInstanceOf(Decision.Decided.class);
        var token = TestSessions.create(new RedisSessions(link), tenant, "ada").token();
        var headers = Map.of(
                "Authorization", List.of("Bearer " + token.text()),
                "traceparent", List.of("00-" + TRACE + "-00f067aa0ba902b7-01"));
        var request = new GatewayRequest("GET", "/", name -> headers.getOrDefault(name, List.of()), List.of(), IP);
        var settings = AuthorizerSettings.from(Map.of(
                AuthorizerSettings.TENANT, tenant,
                AuthorizerSettings.USER_LIMITS, "plan",
                AuthorizerSettings.IP_LIMITS, "ip=3/600"));
        var authorizer = RequestAuthorizer.over(link, settings).reportingTo(new LimitReporter(telemetry));
        for (int i = 0; i < 5; i++) {
            authorizer.authorize(request, deadline()).toCompletableFuture().join();
        }
    }

    private long count(String name) {
        return telemetry.counts.get(name).get();
    }

    private static Deadline deadline() {
        return Deadline.in(Duration.ofSeconds(10));
    }
}
