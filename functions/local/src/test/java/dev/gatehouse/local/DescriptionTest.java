package dev.gatehouse.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.MAP;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

/** Tests the OpenAPI document. */
class DescriptionTest {

    private static String description() throws IOException {
        try (var file = DescriptionTest.class.getResourceAsStream("/META-INF/swagger/gatehouse.yml")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static Map<String, Object> document() throws IOException {
        return new Yaml().load(description());
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
                "/v1/cache/lookup:\n    post:",
                "/v1/cache/fill:\n    post:",
                "/v1/cache/release:\n    post:",
                "/v1/cache/put:\n    post:",
                "/v1/cache/invalidate:\n    post:",
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
    void describesEveryRoute(String route) throws IOException {
        assertThat(description()).contains("  " + route);
    }

    @Test
    void resolvesEveryReference() throws IOException {
        var document = document();
        var references = Pattern.compile("\\$ref: \"(#/[^\"]+)\"").matcher(description());
        assertThat(references.results().map(reference -> reference.group(1)).distinct())
                .hasSizeGreaterThan(50)
                .allSatisfy(
                        reference -> assertThat(resolve(document, reference)).isInstanceOf(Map.class));
    }

    /** Common problems are described once, and every operation refers to them. */
    @Test
    void describesTheCommonProblemsOfEveryOperation() throws IOException {
        var document = document();
        var operations = operations(document).toList();
        assertThat(operations).hasSizeGreaterThan(25);
        for (var operation : operations) {
            assertThat(response(document, operation, "401").get("headers"))
                    .asInstanceOf(MAP)
                    .containsKey("WWW-Authenticate");
            assertThat(response(document, operation, "406")).containsKey("content");
            assertThat(response(document, operation, "503").get("headers"))
                    .asInstanceOf(MAP)
                    .containsKey("Retry-After");
            if (operation.containsKey("requestBody")) {
                assertThat(response(document, operation, "400").toString()).contains("schemas/InvalidRequest");
                assertThat(response(document, operation, "413")).containsKey("content");
                assertThat(response(document, operation, "415")).containsKey("content");
            }
        }
    }

    @Test
    void describesTheKeyHeaderOfEveryClaim() throws IOException {
        var document = document();
        assertThat(operations(document)
                        .filter(operation -> operation.get("tags").equals(List.of("Idempotency"))))
                .hasSize(6)
                .allSatisfy(operation -> assertThat(operation.get("parameters").toString())
                        .contains("#/components/parameters/Idempotency-Key"));
    }

    @SuppressWarnings("unchecked")
    private static Stream<Map<String, Object>> operations(Map<String, Object> document) {
        // Health needs no key and describes its own responses without Redis.
        return ((Map<String, Map<String, Object>>) document.get("paths"))
                .entrySet().stream()
                        .filter(path -> path.getKey().startsWith("/v1/")
                                || path.getKey().startsWith("/example/"))
                        .flatMap(path -> path.getValue().values().stream())
                        .map(operation -> (Map<String, Object>) operation);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> response(
            Map<String, Object> document, Map<String, Object> operation, String status) {
        var responses = (Map<String, Map<String, Object>>) operation.get("responses");
        assertThat(responses).as("%s", operation.get("operationId")).containsKey(status);
        var response = responses.get(status);
        return response.get("$ref") instanceof String reference
                ? (Map<String, Object>) resolve(document, reference)
                : response;
    }

    private static Object resolve(Map<String, Object> document, String reference) {
        Object part = document;
        for (var name : reference.substring("#/".length()).split("/")) {
            part = ((Map<?, ?>) part).get(name);
        }
        return part;
    }

    @Test
    void describesNoTypeOfTheFramework() throws IOException {
        assertThat(description()).doesNotContain("HttpResponse", "HttpStatus", "Tenant");
    }

    @Test
    void servesTheDescription() throws IOException {
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
