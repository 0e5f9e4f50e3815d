package dev.gatehouse.bench.startup;

import dev.gatehouse.bench.Contestant;
import dev.gatehouse.testkit.lambda.FunctionProcess;
import dev.gatehouse.testkit.lambda.FunctionSetup;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * A package that AWS's runtime client runs, or a program that speaks to the Runtime API itself.
 *
 * @param key the name by which it is chosen
 * @param onJvm whether it runs on a JVM, which may have an AOT cache
 * @param mostInvocations the invocations after which it is no longer measured
 * @param setup describes its process, anew for each
 * @param events returns an event for which Redis is asked once and admits
 * @param expected a part of every response that is right
 */
record PackagedFunction(
        String key,
        String name,
        Role role,
        boolean onJvm,
        int mostInvocations,
        Supplier<FunctionSetup> setup,
        Supplier<String> events,
        String expected)
        implements Contestant {

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /** Starts it with the package on one class path, as in an image; a cache of classes holds for that alone. */
    FunctionProcess startAsImage(List<String> jvmOptions) {
        var function = setup.get();
        return onJvm
                ? function.onOneClassPath()
                        .jvmOptions(jvmOptions.toArray(String[]::new))
                        .start()
                : function.start();
    }

    /** Starts it as Lambda starts a zip: the runtime client loads the package with a class loader of its own. */
    FunctionProcess startAsZip(List<String> jvmOptions) {
        return setup.get().jvmOptions(jvmOptions.toArray(String[]::new)).start();
    }

    /**
     * Invokes it once and returns how long that took, in milliseconds.
     *
     * @throws IllegalStateException if the response is not the expected one
     */
    double invoke(FunctionProcess process) {
        var result = process.invoke(events.get(), PATIENCE);
        if (!result.body().contains(expected)) {
            throw new IllegalStateException("%s: %s, %s%n%s%s"
                    .formatted(name, result.ending(), result.body(), process.stdout(), process.stderr()));
        }
        return result.latencyNanos() / 1e6;
    }
}
