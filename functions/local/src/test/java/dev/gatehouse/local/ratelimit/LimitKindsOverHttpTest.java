// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.local.Caller;
import dev.gatehouse.local.Caller.CallerResponse;
import dev.gatehouse.local.Server;
import dev.gatehouse.local.TestServer;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests every algorithm of a limit, and contradictory members. */
class LimitKindsOverHttpTest {

    private static RedisProcess redis;
    private static Server server;
    private static Caller caller;

    private String subject;

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

    @BeforeEach
    void newSubject() {
        subject = UUID.randomUUID().toString();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "'limit':2,'windowSeconds':86400",
                "'algorithm':'gcra','limit':2,'windowSeconds':86400,'burst':2",
                "'algorithm':'gcra','limit':1,'windowSeconds':86400,'burst':2",
                "'algorithm':'sliding-window','limit':2,'windowSeconds':864000",
                "'algorithm':'fixed-window','limit':2,'windowSeconds':86400000",
                "'algorithm':'fixed-window','limit':2,'period':'month'",
                "'algorithm':'fixed-window','limit':2,'period':'month','timeZone':'Pacific/Apia'",
                "'algorithm':'fixed-window','limit':2,'period':'week','timeZone':'Europe/Berlin'",
                "'algorithm':'fixed-window','limit':2,'period':'week','startsOn':'1969-07-20'",
                "'algorithm':'fixed-window','limit':2,'period':'month','startsOn':'2024-01-31'",
                "'algorithm':'fixed-window','limit':2,'period':'year','startsOn':'2024-02-29','timeZone':'Asia/Tokyo'",
                "'algorithm':'fixed-window','limit':2,'period':'year','startsOn':'9999-12-31'",
                "'algorithm':'gcra','limit':2,'windowSeconds':86400,'blockSeconds':0",
                "'algorithm':'sliding-window','limit':2,'windowSeconds':864000,'blockSeconds':31536000",
            })
    void admitsTwoAndNoThird(String quota) {
        assertThat(check(quota).status()).isEqualTo(200);
        assertThat(limit(check(quota))).containsEntry("remaining", 0);

        var third = check(quota);

        assertThat(third.status()).isEqualTo(429);
        assertThat(third.header("Gatehouse-Source")).isEqualTo("redis");
        assertThat(limit(third)).containsEntry("allowed", false).doesNotContainKey("wouldDeny");
        assertThat(Long.parseLong(third.header("Retry-After"))).isPositive();
    }

    @Test
    void endsADayAtMidnightInTheZoneOfTheQuota() {
        var zone = ZoneId.of("Asia/Kolkata");
        var quota = "'algorithm':'fixed-window','limit':1,'period':'day','timeZone':'Asia/Kolkata'";
        var before = Instant.now();
        check(quota);

        var response = check(quota);

        var after = Instant.now();
        var midnight =
                LocalDate.ofInstant(before, zone).plusDays(1).atStartOfDay(zone).toInstant();
        if (after.isBefore(midnight)) {
            assertThat(response.status()).isEqualTo(429);
            long retryAfterMillis = ((Number) limit(response).get("retryAfterMillis")).longValue();
            assertThat(retryAfterMillis)
                    .isBetween(
                            Duration.between(after, midnight).toMillis(),
                            Duration.between(before, midnight).toMillis() + 1);
        }
    }

    @Test
    void deniesEveryCostOfAZeroLimit() {
        var denied = check("'limit':0,'windowSeconds':60");

        assertThat(denied.status()).isEqualTo(429);
        assertThat(denied.header("Retry-After")).isNull();
        assertThat(limit(denied))
                .containsEntry("limit", 0)
                .containsEntry("remaining", 0)
                .containsEntry("retryAfterMillis", null);
        assertThat(check("'limit':0,'windowSeconds':60,'cost':0").status()).isEqualTo(200);
        assertThat(check("'algorithm':'fixed-window','limit':0,'period':'hour'").status())
                .isEqualTo(429);
    }

    @Test
    void deniesFromTheCache() {
        check("'limit':1,'windowSeconds':86400");
        assertThat(check("'limit':1,'windowSeconds':86400").status()).isEqualTo(429);
        long scriptCalls = redis.calls("evalsha");

        for (int i = 0; i < 5; i++) {
            var response = check("'limit':1,'windowSeconds':86400");
            assertThat(response.status()).isEqualTo(429);
            assertThat(response.header("Gatehouse-Source")).isEqualTo("redis");
        }

        assertThat(redis.calls("evalsha")).isEqualTo(scriptCalls);
    }

    @Test
    void deniesOnRedisIfDenialsAreNotCached() throws IOException {
        try (var forgetful = TestServer.start("REDIS_URL", redis.url(), "GATEHOUSE_REMEMBER_DENIALS", "off")) {
            var caller = TestServer.caller(forgetful);
            caller.check(body("'limit':1,'windowSeconds':86400"));
            caller.check(body("'limit':1,'windowSeconds':86400"));
            long scriptCalls = redis.calls("evalsha");

            for (int i = 0; i < 5; i++) {
                caller.check(body("'limit':1,'windowSeconds':86400"));
            }

            assertThat(redis.calls("evalsha")).isEqualTo(scriptCalls + 5);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "'limit':1 | windowSeconds",
                "'algorithm':'gcra','limit':1,'period':'day' | windowSeconds period",
                "'limit':1,'windowSeconds':1,'timeZone':'UTC' | timeZone",
                "'algorithm':'sliding-window','limit':1,'windowSeconds':1,'burst':1 | burst",
                "'algorithm':'sliding-window','limit':1,'windowSeconds':1,'period':'day' | period",
                "'algorithm':'fixed-window','limit':1 | windowSeconds",
                "'algorithm':'fixed-window','limit':1,'windowSeconds':1,'burst':1 | burst",
                "'algorithm':'fixed-window','limit':1,'windowSeconds':1,'period':'day' | windowSeconds",
                "'algorithm':'fixed-window','limit':1,'windowSeconds':1,'timeZone':'UTC' | timeZone",
                "'algorithm':'fixed-window','limit':1,'period':'decade' | period",
                "'algorithm':'fixed-window','limit':1,'period':'DAY' | period",
                "'algorithm':'fixed-window','limit':1,'period':'day','startsOn':'2024-01-31' | startsOn",
                "'algorithm':'fixed-window','limit':1,'period':'minute','startsOn':'2024-01-31' | startsOn",
                "'algorithm':'fixed-window','limit':1,'period':'month','startsOn':'2024-02-30' | startsOn",
                "'algorithm':'fixed-window','limit':1,'period':'month','startsOn':'+12024-01-31' | startsOn",
                "'algorithm':'fixed-window','limit':1,'period':'month','startsOn':'31.1.2024' | startsOn",
                "'algorithm':'fixed-window','limit':1,'period':'month','startsOn':'' | startsOn",
                "'algorithm':'fixed-window','limit':1,'period':'month','startsOn':31 | startsOn",
                "'algorithm':'fixed-window','limit':1,'windowSeconds':1,'startsOn':'2024-01-31' | startsOn",
                "'limit':1,'windowSeconds':1,'startsOn':'2024-01-31' | startsOn",
                "'limit':1,'windowSeconds':1,'blockSeconds':-1 | blockSeconds",
                "'limit':1,'windowSeconds':1,'blockSeconds':31536001 | blockSeconds",
                "'limit':1,'windowSeconds':1,'blockSeconds':'long' | blockSeconds",
                "'algorithm':'fixed-window','limit':1,'period':1 | period",
                "'algorithm':'fixed-window','limit':1,'period':'day','timeZone':'' | timeZone",
                "'algorithm':'fixed-window','limit':1,'period':'day','timeZone':'+01:00' | timeZone",
                "'algorithm':'fixed-window','limit':1,'period':'day','timeZone':'UTC+1' | timeZone",
                "'algorithm':'fixed-window','limit':1,'period':'day','timeZone':'Europe/Nowhere' | timeZone",
                "'algorithm':'GCRA','limit':1,'windowSeconds':1 | algorithm",
                "'algorithm':'gcra','limit':-1,'windowSeconds':1 | limit",
                "'limit':1000000001,'windowSeconds':1 | limit",
                "'limit':1,'windowSeconds':0 | windowSeconds",
                "'limit':1,'windowSeconds':315360001 | windowSeconds",
                "'limit':1,'windowSeconds':1,'burst':0 | burst",
                "'limit':1,'windowSeconds':315360000,'burst':2 | burst",
                "'limit':1,'windowSeconds':1,'shadow':true | shadow",
                "'limit':1,'windowSeconds':1,'policy':'p' | limit windowSeconds name",
            })
    void rejectsContradictoryMembers(String quota, String fields) {
        var response = check(quota);

        Caller.assertProblem(response, 400, "invalid-request");
        assertThat(response.list("errors").stream().map(error -> (String) error.get("field")))
                .containsOnly(List.of(fields.split(" ")).stream()
                        .map(field -> "limits[0]." + field)
                        .toArray(String[]::new));
    }

    @Test
    void reportsAMissingNameOrPolicy() {
        var response = caller.check("{\"limits\":[{\"subject\":\"s\",\"limit\":1,\"windowSeconds\":1}]}");

        assertThat(response.list("errors"))
                .containsExactly(Map.of("field", "limits[0].name", "message", "is missing; give name, or policy"));
    }

    @Test
    void resetsAFixedWindow() {
        var quota = "'algorithm':'fixed-window','limit':1,'windowSeconds':1";
        await().until(() -> check(quota).status() == 429);

        await().atMost(Duration.ofSeconds(5)).until(() -> check(quota).status() == 200);
    }

    private CallerResponse check(String quota) {
        return caller.check(body(quota));
    }

    private String body(String quota) {
        return "{'limits':[{'name':'kind','subject':'%s',%s}]}"
                .formatted(subject, quota)
                .replace('\'', '"');
    }

    private static Map<String, Object> limit(CallerResponse response) {
        return response.list("limits").getFirst();
    }
}
