package dev.gatehouse.bench.startup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Predicate;

/**
 * What the JVM has learnt of one contestant in a training run, to begin with at the next start.
 *
 * @param classes loaded from the start to the first response
 * @param cached of those, how many came out of the cache
 */
record AotCache(Path file, long bytes, int classes, int cached) {

    /** As often as the images' are trained, so that it also keeps what was worth compiling. */
    private static final int TRAINING = 2_500;
    /** The JVM writes the cache when it ends, which takes longer than all that it did before. */
    private static final Duration WRITING = Duration.ofMinutes(3);

    /**
     * Trains a cache by some invocations.
     *
     * @throws IllegalStateException where none comes of it, or none that is used
     */
    static AotCache trained(Contestant contestant, Path directory) throws IOException {
        var file = directory.resolve(contestant.key() + ".aot").toAbsolutePath();
        Files.deleteIfExists(file);
        try (var process = contestant.start("-XX:AOTCacheOutput=" + file)) {
            for (var i = 0; i < TRAINING; i++) {
                contestant.invoke(process);
            }
            process.end(WRITING);
            if (!Files.isRegularFile(file)) {
                throw new IllegalStateException(
                        "no cache came of %s:%n%s%s".formatted(contestant.name(), process.stdout(), process.stderr()));
            }
        }
        return tried(contestant, file);
    }

    /** The options of a JVM that starts by the cache, or not at all. */
    String[] options() {
        return options(file);
    }

    private static String[] options(Path file) {
        return new String[] {"-XX:AOTCache=" + file, "-XX:AOTMode=on"};
    }

    private static AotCache tried(Contestant contestant, Path file) throws IOException {
        var log = Files.createTempFile("classes", ".log");
        try {
            var options = options(file);
            try (var process =
                    contestant.start(options[0], options[1], "-Xlog:class+load:file=%s:none".formatted(log))) {
                contestant.invoke(process);
            }
            var cache = new AotCache(file, Files.size(file), count(log, _ -> true), count(log, AotCache::isCached));
            if (cache.cached() * 2 < cache.classes()) {
                throw new IllegalStateException("%s does not use its cache: of %d classes %d come out of it"
                        .formatted(contestant.name(), cache.classes(), cache.cached()));
            }
            return cache;
        } finally {
            Files.delete(log);
        }
    }

    private static int count(Path log, Predicate<String> which) throws IOException {
        try (var lines = Files.lines(log)) {
            var loaded = lines.filter(line -> line.contains(" source: "));
            return Math.toIntExact(loaded.filter(which).count());
        }
    }

    private static boolean isCached(String line) {
        return line.contains(" source: shared objects file");
    }
}
