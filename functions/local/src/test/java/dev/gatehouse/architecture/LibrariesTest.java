// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keeps each library of the design in the module that builds on it. */
class LibrariesTest {

    private static final Pattern DEPENDENCY =
            Pattern.compile("(?s)<dependency>(?:(?!</dependency>).)*?<artifactId>([^<]+)</artifactId>.*?</dependency>");

    @ParameterizedTest
    @CsvSource({
        "shared/core, micronaut-redis-lettuce",
        "shared/core, micronaut-retry",
        "functions/health, micronaut-management",
        "functions/local, micronaut-management",
        "shared/lambda, aws-lambda-java-core",
        "shared/lambda, micronaut-function-aws-api-proxy",
        "shared/testkit, testcontainers",
    })
    void aModuleBuildsOnItsLibrary(String module, String library) throws IOException {
        var pom = Files.readString(SourceTree.ROOT.resolve(module).resolve("pom.xml"));

        assertThat(DEPENDENCY
                        .matcher(pom)
                        .results()
                        .filter(dependency -> !dependency.group().contains("<scope>test</scope>"))
                        .map(dependency -> dependency.group(1)))
                .contains(library);
    }
}
