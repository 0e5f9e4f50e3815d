package dev.gatehouse.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The description of the routes, as Swagger UI reads it. */
class DescriptionTest {

    private static String description() throws IOException {
        try (var file = DescriptionTest.class.getResourceAsStream("/META-INF/swagger/gatehouse.yml")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/rate-limits/check:\n    post:",
                "/v1/rate-limits/refund:\n    post:",
                "/v1/rate-limits/settle:\n    post:",
                "/v1/rate-limits/reset:\n    post:",
                "/v1/rate-limits/leases:\n    post:",
                "/v1/rate-limits/leases/extend:\n    post:",
                "/v1/rate-limits/leases/release:\n    post:",
                "/v1/rate-limits/policies/{name}:\n    get:",
                "/v1/rate-limits/policies/{name}/overrides:\n    put:",
                "/v1/idempotency/claims:\n    post:",
                "/v1/idempotency/claims/complete:\n    post:",
                "/v1/idempotency/claims/release:\n    post:",
                "/v1/idempotency/claims/extend:\n    post:",
                "/v1/idempotency/claims/inspect:\n    post:",
                "/v1/idempotency/claims/invalidate:\n    post:",
                "/v1/sessions:\n    post:",
                "/v1/sessions/lookup:\n    post:",
                "/v1/sessions/rotate:\n    post:",
                "/v1/sessions/list:\n    post:",
                "/v1/sessions/revoke-user:\n    post:",
                "/v1/sessions/{id}:\n    delete:",
                "/health:\n    get:",
                "/health/{selector}:\n    get:",
                "/health/redis:\n    get:",
                "/health/detailed:\n    get:",
                "/redis/stats:\n    get:",
                "/example/protected:\n    get:",
            })
    void everyRouteIsDescribed(String route) throws IOException {
        assertThat(description()).contains("  " + route);
    }

    /** That what they have alike is described once, elsewhere, must not mean that it is not told. */
    @Test
    void everyOperationTellsWhatItAnswersToACallerThatItCannotServe() throws IOException {
        // Health is told without a key, and in words of its own where Redis does not answer.
        var operations = Stream.of(description().split("\n {2}/"))
                .filter(path -> path.startsWith("v1/") || path.startsWith("example/"))
                .flatMap(path -> Stream.of(path.split("operationId: ")).skip(1))
                .toList();
        assertThat(operations).hasSizeGreaterThan(25);
        for (var operation : operations) {
            assertThat(operation).contains("\"401\":", "WWW-Authenticate", "\"406\":", "\"503\":", "Retry-After");
            if (operation.contains("requestBody:")) {
                assertThat(operation).contains("\"400\":", "schemas/InvalidRequest", "\"413\":", "\"415\":");
            }
        }
    }

    @Test
    void aKeyMayComeAsAHeader() throws IOException {
        assertThat(description().split("- name: Idempotency-Key", -1)).hasSize(1 + 6);
    }

    @Test
    void nothingOfTheFrameworkIsToldForABody() throws IOException {
        assertThat(description()).doesNotContain("HttpResponse", "HttpStatus", "Tenant");
    }

    @Test
    void itIsServed() throws IOException {
        try (var server = Server.start(Map.of(
                "MICRONAUT_SERVER_PORT", "-1",
                "ENABLE_REDIS", "false",
                "GATEHOUSE_API_KEYS", new DemoKey("k").setting()))) {
            var caller = new Caller(server.port(), "k");

            assertThat(caller.send(caller.anonymous("/swagger/gatehouse.yml").GET())
                            .text())
                    .isEqualTo(description());
        }
    }
}
