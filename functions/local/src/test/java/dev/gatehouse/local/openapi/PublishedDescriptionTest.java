// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Keeps docs/openapi.yml equal to the document of the build, in an order that no build changes. */
class PublishedDescriptionTest {

    private static final Path PUBLISHED = Path.of("../../docs/openapi.yml");
    private static final Path BUILT = Path.of("target/openapi.yml");

    @Test
    void theBuiltDocumentIsPublished() throws IOException {
        var built = SortedYaml.of(description());
        Files.writeString(BUILT, built);

        var published = Files.exists(PUBLISHED) ? Files.readString(PUBLISHED) : "";
        assertThat(firstDifference(published, built))
                .as("docs/openapi.yml differs from the code. To update it: "
                        + "cp functions/local/target/openapi.yml docs/openapi.yml")
                .isEmpty();
    }

    /** Returns the first line of {@code built} that {@code published} lacks; empty if they are equal. */
    private static Optional<String> firstDifference(String published, String built) {
        var lines = published.lines().toList();
        var expected = built.lines().toList();
        for (int i = 0; i < expected.size(); i++) {
            if (i == lines.size() || !expected.get(i).equals(lines.get(i))) {
                return Optional.of("line " + (i + 1) + ": " + expected.get(i));
            }
        }
        return published.equals(built) ? Optional.empty() : Optional.of("line " + (expected.size() + 1));
    }

    @Test
    void theOrderOfTheBuildDoesNotMatter() {
        var paths = "paths:\n  /b:\n    get: {}\n  /a:\n    put: {}\n    get: {}\n";
        var tags = "tags:\n- name: B\n- name: A\n";
        var components =
                "components:\n  schemas:\n    B:\n      example: 2026-01-01T00:00:00Z\n    A:\n      type: object\n";
        var sorted = SortedYaml.of(paths + tags + components);

        assertThat(SortedYaml.of(components + tags + paths)).isEqualTo(sorted);
        assertThat(sorted).containsSubsequence("paths:", "/a:", "/b:").contains("example: 2026-01-01T00:00:00Z");
    }

    private static String description() throws IOException {
        try (var file = PublishedDescriptionTest.class.getResourceAsStream("/META-INF/swagger/gatehouse.yml")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
