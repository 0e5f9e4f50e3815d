package dev.gatehouse.bench.startup;

import dev.gatehouse.bench.BarChart.Role;
import dev.gatehouse.fixtures.FunctionProcess;
import dev.gatehouse.fixtures.FunctionSetup;
import dev.gatehouse.fixtures.LambdaRuntimeStub.Result;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A function that is started and invoked.
 *
 * @param key by which it is chosen
 * @param onJvm whether it runs on a JVM, and may have a cache
 * @param setup describes its process, anew for each
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
        Supplier<String> events,
        String answered,
        Compilers compilers) {

    /** Of every JVM, beside its compilers. */
    static final String COLLECTOR = "-XX:+UseSerialGC";

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** The same with both compilers. */
    Contestant withBothCompilers() {
        return new Contestant(key, name, role, onJvm, setup, events, answered, Compilers.BOTH);
    }

    /** Starts it, a JVM with these options besides. */
    FunctionProcess start(String... options) {
        var function = setup.get();
        if (onJvm) {
            function.onOneClassPath()
                    .jvmOptions(Stream.concat(Stream.of(COLLECTOR, compilers.option()), Stream.of(options))
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
