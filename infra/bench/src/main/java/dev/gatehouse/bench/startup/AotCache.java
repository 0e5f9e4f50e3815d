// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench.startup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The AOT cache of one function, trained like the caches of the images.
 *
 * @param jvmOptions the options that use the cache, and make the JVM fail if it rejects the cache
 * @param classes the number of classes loaded until the first response
 * @param cached the number of those classes that the cache provided
 */
record AotCache(List<String> jvmOptions, int classes, int cached) {

    /** The same number as for the images: enough for profiles of hot methods in the cache. */
    private static final int TRAINING = 2_500;
    /** The JVM writes the cache at its exit, which takes longer than the training. */
    private static final Duration WRITING = Duration.ofMinutes(5);

    /**
     * Trains a cache.
     *
     * @throws IllegalStateException if the JVM writes no cache or does not use it
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
                        "%s wrote no cache:%n%s%s".formatted(function.name(), process.stdout(), process.stderr()));
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
                throw new IllegalStateException("%s hardly uses its cache, which provides %d of %d classes"
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
