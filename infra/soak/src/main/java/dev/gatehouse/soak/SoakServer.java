// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.soak;

import dev.gatehouse.testkit.process.ChildProcess;
import dev.gatehouse.testkit.process.LoopbackPort;
import dev.gatehouse.testkit.process.ScratchDirectory;
import dev.gatehouse.testkit.redis.SentinelRig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;

/** The server under test, in a process of its own, and what that process uses. */
final class SoakServer implements AutoCloseable {

    static final String KEY = "soak";

    /** The SHA-256 digest of {@link #KEY}. */
    private static final String KEY_SETTING = "soak=c06f543b3ea6c597516e643d22c38675a9a676ca3231e87e26276418ccb13c33";

    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin");
    private static final Path BUILT = Path.of("../../functions/local/target");
    private static final Pattern JAR = Pattern.compile("gatehouse-local-[0-9][^/]*(?<!sources|javadoc)\\.jar");
    private static final Pattern LIVE_BYTES = Pattern.compile("Total\\s+\\d+\\s+(\\d+)");
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

    private final ScratchDirectory directory = ScratchDirectory.named("soak");
    private final int port = LoopbackPort.free().number();
    private final ChildProcess process;

    SoakServer(SentinelRig redis) {
        var command = new ProcessBuilder(
                JAVA.resolve("java").toString(),
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-jar",
                jar().toString());
        var environment = command.environment();
        environment.put("REDIS_SENTINEL_NODES", redis.addresses());
        environment.put("REDIS_SENTINEL_MASTER", SentinelRig.MASTER);
        environment.put("MICRONAUT_SERVER_PORT", Integer.toString(port));
        environment.put("GATEHOUSE_API_KEYS", KEY_SETTING);
        process = ChildProcess.start(command, directory);
    }

    private static Path jar() {
        try (var files = Files.list(BUILT)) {
            return files.filter(
                            file -> JAR.matcher(file.getFileName().toString()).matches())
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("the server is not built: " + BUILT));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String url() {
        return "http://localhost:" + port;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Returns the output. */
    String log() {
        return process.stdout() + process.stderr();
    }

    int descriptors() {
        return count("fd");
    }

    int threads() {
        return count("task");
    }

    private int count(String kind) {
        var names =
                Path.of("/proc", Long.toString(process.pid()), kind).toFile().list();
        return names == null ? 0 : names.length;
    }

    /** Collects garbage, and returns the bytes of the objects that remain. */
    long liveBytes() {
        try {
            var histogram = new ProcessBuilder(
                            JAVA.resolve("jcmd").toString(), Long.toString(process.pid()), "GC.class_histogram")
                    .redirectErrorStream(true)
                    .start();
            var text = new String(histogram.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return number(LIVE_BYTES, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the resident memory. */
    long residentBytes() {
        try {
            return 1024 * number(RESIDENT, Files.readString(Path.of("/proc", Long.toString(process.pid()), "status")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long number(Pattern pattern, String text) {
        var matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new IllegalStateException("no " + pattern + " in " + text);
        }
        return Long.parseLong(matcher.group(1));
    }

    @Override
    public void close() {
        process.end(Duration.ofSeconds(20));
        directory.close();
    }
}
