package dev.gatehouse.functions.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fixtures.FunctionProcess;
import dev.gatehouse.fixtures.LambdaRuntimeStub.Ending;
import dev.gatehouse.fixtures.LambdaRuntimeStub.Result;
import dev.gatehouse.fixtures.RedisProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The very zip that is deployed, run by Lambda's runtime client. */
class PackageIT {

    private static final Path ZIP = Path.of(System.getProperty("gatehouse.package"));
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** SHA-256 of "k". */
    private static final String KEYS = "acme=8254c329a92850f6d539dd376f4816ee2764517da5e0235514af433164480d7a";

    private static RedisProcess redis;
    private static FunctionProcess function;

    @BeforeAll
    static void startTheFunction() {
        redis = RedisProcess.start();
        function = FunctionProcess.of(ZIP, "dev.gatehouse.lambda.HttpFunction")
                .env("GATEHOUSE_API_KEYS", KEYS)
                .env("REDIS_URL", redis.url())
                .start();
    }

    @AfterAll
    static void stopIt() {
                + function.timeToFirstResponse().orElseThrow().toMillis() + " ms");
        function.close();
        redis.close();
    }

    @Test
    void aCheckIsDecidedOnRedis() {
        var told = check(
                "{\\\"limits\\\":[{\\\"name\\\":\\\"a\\\",\\\"subject\\\":\\\"s\\\",\\\"limit\\\":5,\\\"windowSeconds\\\":60}]}");

        assertThat(told.ending()).as(function.stderr()).isEqualTo(Ending.RESPONSE);
        assertThat(told.body())
                .contains("\"statusCode\":200", "\"Gatehouse-Source\":\"redis\"", "\"X-Request-Id\":\"gateway-1\"")
                .contains("\\\"remaining\\\":4");
    }

    @Test
    void withoutRedisItStartsAndDecidesByPolicy() {
        var setup = FunctionProcess.of(ZIP, "dev.gatehouse.lambda.HttpFunction")
                .env("GATEHOUSE_API_KEYS", KEYS)
                .env("REDIS_URL", "redis://127.0.0.1:1");
        var body =
                "{\\\"limits\\\":[{\\\"name\\\":\\\"a\\\",\\\"subject\\\":\\\"s\\\",\\\"limit\\\":5,\\\"windowSeconds\\\":60}]}";
        try (var local = setup.start()) {
            assertThat(check(local, body).body())
                    .contains("\"statusCode\":200", "\"Gatehouse-Source\":\"local\"", "\\\"degraded\\\":true");
        }
        try (var closed = setup.env("GATEHOUSE_RATE_LIMIT_WHEN_DOWN", "closed").start()) {
            assertThat(check(closed, body).body())
                    .contains("\"statusCode\":503", "\"Retry-After\":\"1\"", "urn:gatehouse:problem:store-unavailable");
        }
    }

    @Test
    void nothingGrowsWithTheInvocations() {
        var look =
                "{\\\"limits\\\":[{\\\"name\\\":\\\"b\\\",\\\"subject\\\":\\\"s\\\",\\\"limit\\\":5,\\\"windowSeconds\\\":60,\\\"cost\\\":0}]}";
        checkOften(look, 3_000);
        var before = function.liveHeapBytes();

        checkOften(look, 6_000);

        assertThat(function.liveHeapBytes()).isLessThan(before + 1_000_000);
    }

    @Test
    void itHoldsNoMoreThanTheFunctionNeeds() throws IOException {
        assertThat(Files.size(ZIP)).isLessThan(15_000_000);
        try (var zip = new ZipFile(ZIP.toFile())) {
            assertThat(zip.stream().map(Object::toString))
                    .contains("dev/gatehouse/functions/ratelimit/RateLimitController.class")
                    .noneMatch(
                            name -> name.matches(
                                    "lib/(netty-codec-http|micronaut-http-server-netty|logback|swagger|embedded-redis|junit|micronaut-validation|micronaut-management).*"));
        }
    }

    private static void checkOften(String body, int times) {
        for (int i = 0; i < times; i++) {
            assertThat(check(body).ending()).isEqualTo(Ending.RESPONSE);
        }
    }

    private static Result check(String body) {
        return check(function, body);
    }

    private static Result check(FunctionProcess function, String body) {
        return function.invoke("""
                {"version":"2.0","rawPath":"/v1/rate-limits/check","isBase64Encoded":false,"body":"%s",
                 "headers":{"x-api-key":"k","content-type":"application/json"},
                 "requestContext":{"requestId":"gateway-1","stage":"$default",
                   "http":{"method":"POST","path":"/v1/rate-limits/check","protocol":"HTTP/1.1","sourceIp":"127.0.0.1"}}}
                """.formatted(body), PATIENCE);
    }
}
