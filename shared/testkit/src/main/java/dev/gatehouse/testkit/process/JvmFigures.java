// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * Reads what another JVM of this machine uses, on Linux.
 *
 * @param pid the id of its process
 * @param jcmd the tool of its JDK
 */
public record JvmFigures(long pid, Path jcmd) {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");

    /** A class that the collector uses to fill gaps; no object of the program. */
    private static final Pattern FILLER = Pattern.compile(" (\\d+)  \\S*jdk\\.internal\\.vm\\.Filler");

    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

    /** Returns the figures of a process on the JDK of this one. */
    public static JvmFigures of(long pid) {
        return new JvmFigures(pid, Path.of(System.getProperty("java.home"), "bin", "jcmd"));
    }

    /** Returns the bytes of the live objects of the heap, after a full collection. */
    public long liveHeapBytes() {
        var histogram = histogram();
        var fillers = FILLER.matcher(histogram)
                .results()
                .mapToLong(filler -> Long.parseLong(filler.group(1)))
                .sum();
        return number(TOTAL, histogram) - fillers;
    }

    private String histogram() {
        try (var scratch = ScratchDirectory.named("jcmd")) {
            var run = ChildProcess.start(
                    new ProcessBuilder(jcmd.toString(), Long.toString(pid), "GC.class_histogram"), scratch);
            try {
                new Poller(PATIENCE).until(() -> !run.isAlive(), () -> "jcmd does not end");
            } finally {
                run.kill();
            }
            return run.stdout() + run.stderr();
        }
    }

    /** Returns the bytes of resident memory. */
    public long residentBytes() {
        try {
            return 1024 * number(RESIDENT, Files.readString(system("status")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the number of open file descriptors; 0 if the process has ended. */
    public int descriptors() {
        return count("fd");
    }

    /** Returns the number of threads; 0 if the process has ended. */
    public int threads() {
        return count("task");
    }

    private int count(String kind) {
        var names = system(kind).toFile().list();
        return names == null ? 0 : names.length;
    }

    private Path system(String name) {
        return Path.of("/proc", Long.toString(pid), name);
    }

    private static long number(Pattern pattern, String text) {
        var matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new IllegalStateException("no " + pattern + " in " + text);
        }
        return Long.parseLong(matcher.group(1));
    }
}
