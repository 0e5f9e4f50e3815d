// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.soak;

import dev.gatehouse.testkit.process.ChildProcess;
import dev.gatehouse.testkit.process.JvmFigures;
import dev.gatehouse.testkit.process.LoopbackPort;
import dev.gatehouse.testkit.process.ScratchDirectory;
import dev.gatehouse.testkit.redis.SentinelRig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;

/** The server under test, in a process of its own. */
final class SoakServer implements AutoCloseable {

    static final String KEY = "soak";

    /** The SHA-256 digest of {@link #KEY}. */
    private static final String KEY_SETTING = "soak=c06f543b3ea6c597516e643d22c38675a9a676ca3231e87e26276418ccb13c33";

    private static final Path BUILT = Path.of("../../functions/local/target");
    private static final Pattern JAR = Pattern.compile("gatehouse-local-[0-9][^/]*(?<!sources|javadoc)\\.jar");

    private final ScratchDirectory directory = ScratchDirectory.named("soak");
    private final int port = LoopbackPort.free().number();
    private final ChildProcess process;

    SoakServer(SentinelRig redis) {
        var command = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
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

    /** Returns what its process uses. */
    JvmFigures figures() {
        return JvmFigures.of(process.pid());
    }

    @Override
    public void close() {
        process.end(Duration.ofSeconds(20));
        directory.close();
    }
}
