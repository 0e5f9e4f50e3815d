// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** Tests that the OpenAPI document makes a good client: names of methods and types, enums, and errors. */
class ClientModelTest {

    private static final Pattern CHOICE = Pattern.compile("\\^\\(([\\w-]+(?:\\|[\\w-]+)*)\\)\\$");
    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch");

    private final Map<String, Object> document = load();

    @Test
    void everyOperationHasANameAndATagOfItsOwn() {
        var names = new ArrayList<String>();
        forEachOperation((route, operation) -> {
            names.add((String) operation.get("operationId"));
            assertThat((List<?>) operation.get("tags")).as(route).hasSize(1);
            assertThat((String) operation.get("summary")).as(route).isNotBlank();
        });

        assertThat(names)
                .hasSizeGreaterThan(60)
                .doesNotHaveDuplicates()
                .allMatch(name -> name.matches("[a-z][a-zA-Z]+"));
    }

    /** A generator invents a name for an object or a choice that has none. */
    @Test
    void everyObjectHasAName() {
        var unnamed = new ArrayList<String>();
        forEachPart(document, "", (path, part) -> {
            var isNamed = path.matches("/components/schemas/[^/]+(/allOf/\\d+)?");
            var isChoice = List.of("oneOf", "anyOf").stream().anyMatch(part::containsKey)
                    || part.get("allOf") instanceof List<?> parts && parts.size() > 1;
            if (!isNamed && !path.contains("/example") && (part.get("properties") instanceof Map || isChoice)) {
                unnamed.add(path);
            }
        });

        assertThat(unnamed).isEmpty();
    }

    @Test
    void everyChoiceOfWordsIsAnEnum() {
        var choices = new ArrayList<String>();
        forEachPart(document, "", (path, part) -> {
            if (part.get("pattern") instanceof String pattern) {
                var choice = CHOICE.matcher(pattern);
                if (choice.matches()) {
                    choices.add(path);
                    var words = new ArrayList<@Nullable String>(
                            List.of(choice.group(1).split("\\|")));
                    if (Boolean.TRUE.equals(part.get("nullable"))) {
                        words.add(null);
                    }
                    assertThat(part.get("enum")).as(path).isEqualTo(words);
                }
            }
        });

        assertThat(choices).hasSizeGreaterThan(9);
    }

    /** A generated client reads all successes of an operation as one type. */
    @Test
    void allSuccessesOfAnOperationHaveOneSchema() {
        forEachOperation((route, operation) -> {
            var schemas = map(operation.get("responses")).entrySet().stream()
                    .filter(response -> response.getKey().startsWith("2"))
                    .map(response -> resolved(map(response.getValue())).getOrDefault("content", ""))
                    .distinct();
            assertThat(schemas).as(route).hasSize(1);
        });
    }

    /** The responses of health have the form of Micronaut. */
    @Test
    void everyErrorIsAProblem() {
        forEachResponse((place, response) -> {
            var status = place.substring(place.length() - 3);
            if (status.compareTo("400") >= 0 && !place.contains("/health")) {
                assertThat(map(response.get("content")).keySet()).as(place).containsExactly("application/problem+json");
            }
        });
    }

    @Test
    void everyRefusalForNowSaysWhenToRetry() {
        var refusals = new ArrayList<String>();
        forEachResponse((place, response) -> {
            if (place.matches(".* (429|503)") && !place.contains("/health")) {
                refusals.add(place);
                assertThat(map(response.get("headers"))).as(place).containsKey("Retry-After");
            }
        });

        assertThat(refusals).hasSizeGreaterThan(60);
    }

    @Test
    void aDenialOfARateLimitDescribesItsHeaders() {
        var response = map(map(map(document.get("components")).get("responses")).get("QuotaExceeded"));

        assertThat(map(response.get("headers")))
                .containsKeys(
                        "Retry-After",
                        "RateLimit",
                        "RateLimit-Policy",
                        "X-RateLimit-Limit",
                        "X-RateLimit-Remaining",
                        "X-RateLimit-Reset",
                        "Gatehouse-Source");
    }

    private void forEachOperation(BiConsumer<String, Map<String, Object>> action) {
        map(document.get("paths")).forEach((path, operations) -> map(operations).forEach((method, operation) -> {
            if (METHODS.contains(method)) {
                action.accept(method + " " + path, map(operation));
            }
        }));
    }

    private void forEachResponse(BiConsumer<String, Map<String, Object>> action) {
        forEachOperation((route, operation) -> map(operation.get("responses"))
                .forEach((status, response) -> action.accept(route + " " + status, resolved(map(response)))));
    }

    private Map<String, Object> resolved(Map<String, Object> part) {
        if (!(part.get("$ref") instanceof String reference)) {
            return part;
        }
        var found = document;
        for (var name : reference.substring(2).split("/")) {
            found = map(found.get(name));
        }
        return found;
    }

    private static void forEachPart(Object node, String path, BiConsumer<String, Map<String, Object>> action) {
        if (node instanceof Map<?, ?>) {
            action.accept(path, map(node));
            map(node).forEach((name, child) -> forEachPart(child, path + "/" + name.replace("/", "~1"), action));
        } else if (node instanceof List<?> elements) {
            for (int i = 0; i < elements.size(); i++) {
                forEachPart(elements.get(i), path + "/" + i, action);
            }
        }
    }

    private static Map<String, Object> map(Object node) {
        return ((Map<?, ?>) node)
                .entrySet().stream()
                        .collect(Collectors.toMap(
                                entry -> entry.getKey().toString(),
                                entry -> entry.getValue() == null ? "" : entry.getValue(),
                                (first, _) -> first,
                                LinkedHashMap::new));
    }

    private static Map<String, Object> load() {
        try (var file = ClientModelTest.class.getResourceAsStream("/META-INF/swagger/gatehouse.yml")) {
            return new Yaml().load(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
