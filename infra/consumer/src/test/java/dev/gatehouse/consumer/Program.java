// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.consumer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** Starts the main class of a built program. */
final class Program {

    private Program() {}

    static Process start(String program, String mainClass, Map<String, String> environment) {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var command =
                new ProcessBuilder(java, "-XX:TieredStopAtLevel=1", "-cp", ConsumerRuns.classPath(program), mainClass);
        command.environment().keySet().removeIf(name -> name.matches("(REDIS|GATEHOUSE|LOG|MICRONAUT)_.*"));
        command.environment().putAll(environment);
        try {
            return command.redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns all output of the program. */
    static String output(Process process) {
        try (var output = process.getInputStream()) {
            return new String(output.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
