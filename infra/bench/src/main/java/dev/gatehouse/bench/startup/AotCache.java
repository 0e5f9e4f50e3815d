package dev.gatehouse.bench.startup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The AOT cache of one function, trained as the images' caches are.
 *
 * @param jvmOptions start a JVM from the cache, or not at all
 * @param classes loaded from the start to the first response
 * @param cached of those, how many came out of the cache
 */
record AotCache(List<String> jvmOptions, int classes, int cached) {

    /** As many as train the images: enough for the cache to hold profiles of what is worth compiling. */
    private static final int TRAINING = 2_500;
    /** The JVM writes the cache when it ends, which takes longer than the training. */
    private static final Duration WRITING = Duration.ofMinutes(5);

    /**
     * Trains a cache.
     *
     * @throws IllegalStateException if there is none, or it is not used
     */
    static AotCache train(PackagedFunction function, List<String> jvmOptions, Path directory) throws IOException {
        var file = directory.resolve(function.key() + ".aot").toAbsolutePath();
        Files.deleteIfExists(file);
        try (var process = function.startAsImage(with(jvmOptions, "-XX:AOTCacheOutput=" + file))) {
            for (var i = 0; i < TRAINING; i++) {
                function.invoke(process);
            }
            process.end(WRITING);
            if (!Files.isRegularFile(file)) {
                throw new IllegalStateException(
                        "no cache of %s:%n%s%s".formatted(function.name(), process.stdout(), process.stderr()));
            }
        }
        return verify(function, with(jvmOptions, "-XX:AOTCache=" + file, "-XX:AOTMode=on"));
    }

    private static AotCache verify(PackagedFunction function, List<String> jvmOptions) throws IOException {
        var log = Files.createTempFile("classes", ".log");
        try {
            try (var process =
                    function.startAsImage(with(jvmOptions, "-Xlog:class+load:file=%s:none".formatted(log)))) {
                function.invoke(process);
            }
            var cache = new AotCache(
                    jvmOptions,
                    count(log, line -> line.contains(" source: ")),
                    count(log, line -> line.contains(" source: shared objects file")));
            if (cache.cached() * 2 < cache.classes()) {
                throw new IllegalStateException("%s does not use its cache: %d of %d classes come out of it"
                        .formatted(function.name(), cache.cached(), cache.classes()));
            }
            return cache;
        } finally {
            Files.delete(log);
        }
    }

    private static int count(Path log, Predicate<String> loaded) throws IOException {
        try (var lines = Files.lines(log)) {
            return Math.toIntExact(lines.filter(loaded).count());
        }
    }

    private static List<String> with(List<String> options, String... more) {
        var all = new ArrayList<>(options);
        all.addAll(List.of(more));
        return all;
    }
}
