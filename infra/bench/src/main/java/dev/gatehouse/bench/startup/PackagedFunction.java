// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench.startup;

import dev.gatehouse.bench.Contestant;
import dev.gatehouse.testkit.lambda.FunctionProcess;
import dev.gatehouse.testkit.lambda.FunctionSetup;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * A package for AWS's runtime client, or a program with its own client of the Runtime API.
 *
 * @param key its name in {@code -Dbench.only}
 * @param onJvm whether it runs on a JVM and can have an AOT cache
 * @param maxInvocations the maximum of measured invocations
 * @param setup creates the description of a new process
 * @param events returns an event that needs one call of Redis, which admits it
 * @param expected a part of every correct response
 */
record PackagedFunction(
        String key,
        String name,
        Role role,
        boolean onJvm,
        int maxInvocations,
        Supplier<FunctionSetup> setup,
        Supplier<String> events,
        String expected)
        implements Contestant {

    private static final Duration TIMEOUT = Duration.ofMinutes(3);

    /** Starts it with one class path, as in an image. An AOT cache requires that. */
    FunctionProcess startAsImage(List<String> jvmOptions) {
        var function = setup.get();
        return onJvm
                ? function.onOneClassPath()
                        .jvmOptions(jvmOptions.toArray(String[]::new))
                        .start()
                : function.start();
    }

    /** Starts it like a zip on Lambda: the runtime client loads the package in a separate class loader. */
    FunctionProcess startAsZip(List<String> jvmOptions) {
        return setup.get().jvmOptions(jvmOptions.toArray(String[]::new)).start();
    }

    /**
     * Invokes it once and returns the duration in milliseconds.
     *
     * @throws IllegalStateException if the response is unexpected
     */
    double invoke(FunctionProcess process) {
        var result = process.invoke(events.get(), TIMEOUT);
        if (!result.body().contains(expected)) {
            throw new IllegalStateException("%s: %s, %s%n%s%s"
                    .formatted(name, result.ending(), result.body(), process.stdout(), process.stderr()));
        }
        return result.latencyNanos() / 1e6;
    }
}
