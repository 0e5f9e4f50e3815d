package dev.gatehouse.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
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
                "/example/protected:\n    get:",
            })
    void everyRouteIsDescribed(String route) throws IOException {
        assertThat(description()).contains("  " + route);
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
