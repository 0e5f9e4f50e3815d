// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.MAP;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Properties;
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
                "/v1/rate-limits/leases/inspect:\n    post:",
                "/v1/rate-limits/leases/reset:\n    post:",
                "/v1/rate-limits/policies:\n    get:",
                "/v1/rate-limits/policies/{name}:\n    get:",
                "/v1/rate-limits/policies/{name}/overrides:\n    put:",
                "/v1/rate-limits/policies/{name}/overrides/list:\n    post:",
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
                "/v1/states/read:\n    post:",
                "/v1/states/save:\n    post:",
                "/v1/states/merge:\n    post:",
                "/v1/states/save-all:\n    post:",
                "/v1/states/claim:\n    post:",
                "/v1/states/claim/extend:\n    post:",
                "/v1/states/claim/release:\n    post:",
                "/v1/states/delete:\n    post:",
                "/v1/states/list:\n    post:",
                "/v1/presence/enter:\n    post:",
                "/v1/presence/leave:\n    post:",
                "/v1/presence/list:\n    post:",
                "/v1/presence/typing:\n    post:",
                "/v1/channels/publish:\n    post:",
                "/v1/channels/catch-up:\n    post:",
                "/v1/jobs/enqueue:\n    post:",
                "/v1/jobs/take:\n    post:",
                "/v1/jobs/complete:\n    post:",
                "/v1/jobs/fail:\n    post:",
                "/v1/jobs/give-back:\n    post:",
                "/v1/jobs/extend:\n    post:",
                "/v1/jobs/leave:\n    post:",
                "/v1/jobs/cancel:\n    post:",
                "/v1/jobs/inspect:\n    post:",
                "/v1/jobs/dead:\n    post:",
                "/v1/jobs/list:\n    post:",
                "/v1/jobs/redrive:\n    post:",
                "/v1/jobs/counts:\n    post:",
                "/v1/api-keys:\n    post:",
                "/v1/api-keys/verify:\n    post:",
                "/v1/api-keys/rotate:\n    post:",
                "/v1/api-keys/list:\n    post:",
                "/v1/sessions:\n    post:",
                "/v1/sessions/lookup:\n    post:",
                "/v1/sessions/rotate:\n    post:",
                "/v1/sessions/elevate:\n    post:",
                "/v1/sessions/list:\n    post:",
                "/v1/sessions/revoke-user:\n    post:",
                "/v1/sessions/{id}:\n    delete:",
                "/health:\n    get:",
                "/health/{check}:\n    get:",
                "/health/redis:\n    get:",
                "/health/detailed:\n    get:",
                "/redis/stats:\n    get:",
                "/console/figures:\n    get:",
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
            if (!operation.containsKey("security")) {
                assertThat(response(document, operation, "403")).containsKey("content");
            }
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
    void hasTheProductsTitleAndVersion() throws IOException {
        var build = new Properties();
        try (var file = DescriptionTest.class.getResourceAsStream("/META-INF/build-info.properties")) {
            build.load(file);
        }
        assertThat(document().get("info"))
                .asInstanceOf(MAP)
                .containsEntry("title", "Gatehouse")
                .containsEntry("version", build.getProperty("build.version").replace("-SNAPSHOT", ""));
    }

    @Test
    @SuppressWarnings("unchecked")
    void requiresAKeyOfEveryRouteButHealth() throws IOException {
        var document = document();
        assertThat((List<Object>) document.get("security")).isNotEmpty();
        var paths = (Map<String, Map<String, Map<String, Object>>>) document.get("paths");
        for (var path : List.of("/health", "/health/{check}")) {
            assertThat(paths.get(path).get("get").get("security")).as(path).isEqualTo(List.of());
        }
        for (var path : List.of("/health/redis", "/health/detailed", "/redis/stats", "/console/figures")) {
            assertThat(paths.get(path).get("get")).as(path).doesNotContainKey("security");
        }
    }

    /** Null is the same as absent. */
    @Test
    @SuppressWarnings("unchecked")
    void everyOptionalMemberOfARequestIsNullable() throws IOException {
        var document = document();
        var schemas = (Map<String, Map<String, Object>>) resolve(document, "#/components/schemas");
        var requests = schemas.entrySet().stream()
                .filter(schema -> Boolean.FALSE.equals(schema.getValue().get("additionalProperties")))
                .toList();
        assertThat(requests).hasSizeGreaterThan(15);
        for (var request : requests) {
            var required = (List<String>) request.getValue().getOrDefault("required", List.of());
            ((Map<String, Map<String, Object>>) request.getValue().get("properties"))
                    .forEach((name, member) -> assertThat(required.contains(name)
                                    || Boolean.TRUE.equals(
                                            resolved(document, member).get("nullable")))
                            .as("%s.%s", request.getKey(), name)
                            .isTrue());
        }
    }

    @Test
    void describesKeysAndValuesOfTheCacheAsAnyJson() throws IOException {
        var document = document();
        assertThat(resolve(document, "#/components/schemas/AnyValue"))
                .asInstanceOf(MAP)
                .containsOnlyKeys("description", "nullable", "example");
        assertThat(resolve(document, "#/components/schemas/CacheKey"))
                .asInstanceOf(MAP)
                .containsKey("anyOf")
                .doesNotContainKey("type");
        for (var request : List.of("CacheFillRequest", "CachePutRequest")) {
            assertThat(resolve(document, "#/components/schemas/" + request + "/properties/value"))
                    .isEqualTo(Map.of("$ref", "#/components/schemas/AnyValue"));
            assertThat(resolve(document, "#/components/schemas/" + request + "/properties/key"))
                    .isEqualTo(Map.of("$ref", "#/components/schemas/CacheKey"));
        }
    }

    @Test
    @SuppressWarnings("unchecked")
    void describesTheBodyOfEveryResponse() throws IOException {
        var document = document();
        ((Map<String, Map<String, Map<String, Object>>>) document.get("paths"))
                .forEach((path, operations) -> operations.values().forEach(operation -> ((Map<String, Object>)
                                operation.get("responses"))
                        .keySet().stream()
                                .filter(status -> !status.equals("204"))
                                .forEach(status -> assertThat(
                                                (Map<String, Map<String, Object>>) response(document, operation, status)
                                                        .get("content"))
                                        .as("%s %s", path, status)
                                        .isNotEmpty()
                                        .allSatisfy((type, content) ->
                                                assertThat(content).containsKey("schema")))));
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

    @Test
    @SuppressWarnings("unchecked")
    void theBannerOfTheServerNamesEveryCapability() throws IOException {
        var banner = new Welcome("http://localhost:8080", null, "embedded", "", "none").text();
        var capabilities = ((Map<String, Object>) document().get("paths"))
                .keySet().stream()
                        .filter(path -> path.startsWith("/v1/"))
                        .map(path -> path.split("/")[2].replace('-', ' '))
                        .distinct();

        assertThat(capabilities).hasSizeGreaterThan(6).allSatisfy(capability -> assertThat(banner)
                .containsIgnoringCase(capability));
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
        return resolved(document, responses.get(status));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> resolved(Map<String, Object> document, Map<String, Object> part) {
        return part.get("$ref") instanceof String reference ? (Map<String, Object>) resolve(document, reference) : part;
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
        try (var server = TestServer.start("ENABLE_REDIS", "false")) {
            var caller = TestServer.caller(server);

            assertThat(caller.send(caller.anonymous("/swagger/gatehouse.yml").GET())
                            .text())
                    .isEqualTo(description());
        }
    }
}
