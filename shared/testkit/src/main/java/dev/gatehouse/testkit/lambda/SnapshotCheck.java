// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.lambda;

import dev.gatehouse.testkit.process.Poller;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Checks a function at the moment when Lambda would take its snapshot. */
public final class SnapshotCheck {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private SnapshotCheck() {}

    /**
     * Starts {@code setup} for a snapshot and waits until one can be taken.
     *
     * @throws AssertionError if the function is then connected to anything but the Runtime API, has a thread for such a
     *     connection, or has printed anything: every process from the snapshot would have the same
     */
    public static FunctionProcess of(FunctionSetup setup) {
        var function = setup.forSnapshot().start();
        try {
            new Poller(PATIENCE)
                    .until(
                            () -> function.runtime().isReadyForSnapshot() || !function.isAlive(),
                            () -> "it is not ready for a snapshot: " + function.stdout() + function.stderr());
            if (function.runtime().initError().isPresent() || !printed(function).isEmpty()) {
                throw new AssertionError("before the snapshot: " + printed(function)
                        + function.runtime().initError().orElse(""));
            }
            // Nothing waits for them to end.
            new Poller(PATIENCE)
                    .until(
                            () -> driversThreads(function).isEmpty(),
                            () -> "there are threads: " + driversThreads(function));
            var runtimeApi = function.runtime().address().replaceAll(".*:", "");
            if (!function.connectedPorts().equals(Set.of(Integer.valueOf(runtimeApi)))) {
                throw new AssertionError("connected to " + function.connectedPorts());
            }
            return function;
        } catch (AssertionError | RuntimeException e) {
            function.close();
            throw e;
        }
    }

    private static String printed(FunctionProcess function) {
        // Without the JVM's own warnings about old libraries.
        return function.stdout()
                + String.join(
                        "\n",
                        function.stderr()
                                .lines()
                                .filter(line -> !line.startsWith("WARNING:"))
                                .toList());
    }

    private static List<String> driversThreads(FunctionProcess function) {
        return function.threads().stream()
                .filter(name -> name.startsWith("lettuce") || name.startsWith("gatehouse"))
                .toList();
    }
}
