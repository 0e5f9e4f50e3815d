// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks the jars on the class path of a program that imports a capability. */
class ClassPathIT {

    @ParameterizedTest
    @ValueSource(strings = {"plain", "micronaut", "lambda", "worker"})
    void aProgramResolvesTheTestedVersionOfEachLibrary(String program) {
        assertThat(ConsumerRuns.jars(program))
                .isNotEmpty()
                .filteredOn(jar -> !jar.startsWith("slf4j-simple-"))
                .isSubsetOf(ConsumerRuns.testedJars());
    }

    @Test
    void aPlainProgramHasNoJarsOfHttpServersOrJsonBinding() {
        assertThat(ConsumerRuns.jars("plain"))
                .anyMatch(jar -> jar.startsWith("gatehouse-core-"))
                .anyMatch(jar -> jar.startsWith("lettuce-core-"))
                .noneMatch(jar -> jar.matches(
                        "(gatehouse-(web|lambda|testkit|health|authorizer|local)|micronaut-(http|router|serde|json|jackson"
                                + "|function|websocket|management|openapi|validation)|jackson-(databind|annotations)"
                                + "|netty-codec-http|aws-|swagger-|logback-|embedded-redis).*"));
    }
}
