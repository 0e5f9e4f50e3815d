package dev.gatehouse.bench.startup;

import dev.gatehouse.bench.BarChart.Role;
import dev.gatehouse.testkit.lambda.FunctionProcess;
import dev.gatehouse.testkit.lambda.FunctionSetup;
import dev.gatehouse.testkit.lambda.LambdaRuntimeStub.Result;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A function that is started and invoked.
 *
 * @param key by which it is chosen
 * @param onJvm whether it runs on a JVM, and may have a cache
 * @param setup describes its process, anew for each
 * @param image makes of that the process of its image, on one class path
 * @param events each such that Redis is asked once and says yes
 * @param answered what a response has in it that says so
 * @param compilers its JVM's, if it has one
 */
record Contestant(
        String key,
        String name,
        Role role,
        boolean onJvm,
        Supplier<FunctionSetup> setup,
        UnaryOperator<FunctionSetup> image,
        Supplier<String> events,
        String answered,
        Compilers compilers) {

    /** Of every JVM, beside its compilers. */
    static final String COLLECTOR = "-XX:+UseSerialGC";

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** The same with both compilers. */
    Contestant withBothCompilers() {
        return new Contestant(key, name, role, onJvm, setup, image, events, answered, Compilers.BOTH);
    }

    /**
     * Starts it, by AWS's runtime client.
     *
     * @param cache a JVM's options for a cache, which is an image's: then by the runtime client that its image has
     */
    FunctionProcess start(String... cache) {
        var function = setup.get();
        if (onJvm) {
            (cache.length == 0 ? function.onOneClassPath() : image.apply(function))
                    .jvmOptions(Stream.concat(Stream.of(COLLECTOR, compilers.option()), Stream.of(cache))
                            .toArray(String[]::new));
        }
        return function.start();
    }

    /** Invokes it once; fails unless Redis said yes. */
    Result invoke(FunctionProcess process) {
        var result = process.invoke(events.get(), PATIENCE);
        if (!result.body().contains(answered)) {
            throw new IllegalStateException("%s: %s, %s%n%s%s"
                    .formatted(name, result.ending(), result.body(), process.stdout(), process.stderr()));
        }
        return result;
    }
}
