// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.testkit.process.ChildProcess;
import dev.gatehouse.testkit.process.ScratchDirectory;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Runs the Java examples in processes, because they read the environment. */
class LibraryExamplesTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Test
    void theExamplesOfTheLibrariesRun() {
        var output = output(LibraryProgram.class);

        assertThat(output)
                .containsSubsequence(
                        "limit true false",
                        "generate",
                        "held true",
                        "find life",
                        "product 42",
                        "pay",
                        "Done",
                        "state Saved",
                        "send {\"to\":\"ada\"}",
                        "Hello, ada",
                        "end");
        assertThat(String.join("\n", output))
                .contains("Valid[", "Entered[", "Published[", "Created[", "Found[", "Retry in PT");
    }

    @Test
    void theExamplesOfAnnotatedMethodsRun() {
        assertThat(output(AnnotatedProgram.class))
                .containsSubsequence(Collections.nCopies(10, "status 200"))
                .containsSubsequence(
                        "status 429", "paid once true", "paid once false", "cached true", "cached false", "end");
    }

    /** Returns the lines that a program prints. */
    private static List<String> output(Class<?> main) {
        try (var redis = RedisProcess.start();
                var directory = ScratchDirectory.named("examples")) {
            var command = new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    librariesOnly(),
                    main.getName());
            command.environment().keySet().removeIf(name -> name.matches("(REDIS|GATEHOUSE|LOG|MICRONAUT)_.*"));
            command.environment()
                    .putAll(Map.of(
                            "REDIS_URL", redis.url(),
                            "REDIS_CONNECTION_TIMEOUT", "20000",
                            "REDIS_COMMAND_TIMEOUT", "20000"));
            var program = ChildProcess.start(command, directory);
            try {
                await().atMost(PATIENCE).until(() -> !program.isAlive());
                assertThat(program.stdout()).as(program.stderr()).contains("\nend");
                return program.stdout().lines().toList();
            } finally {
                program.kill();
            }
        }
    }

    /** Returns the class path without the server, whose beans need settings that a program does not have. */
    private static String librariesOnly() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !Path.of(entry).endsWith("functions/local/target/classes"))
                .collect(Collectors.joining(File.pathSeparator));
    }
}
