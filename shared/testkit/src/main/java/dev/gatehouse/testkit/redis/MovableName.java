// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.redis;

import dev.gatehouse.testkit.process.ScratchDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A host name whose address can change, for JVMs that are started with {@link #jvmOption}. They resolve no other name but
 * {@code localhost}.
 */
public final class MovableName implements AutoCloseable {

    /** The name. */
    public static final String NAME = "redis.test";

    private final ScratchDirectory directory = ScratchDirectory.named("hosts");
    private final Path hosts = directory.resolve("hosts");

    private MovableName(String address) {
        moveTo(address);
    }

    /** Creates a name of {@code address}. */
    public static MovableName of(String address) {
        return new MovableName(address);
    }

    /** Changes the address. The name resolves at every moment. */
    public void moveTo(String address) {
        try {
            var next = directory.resolve("hosts.next");
            Files.writeString(next, "127.0.0.1 localhost\n" + address + " " + NAME + "\n");
            Files.move(next, hosts, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the option that lets a JVM resolve the name. */
    public String jvmOption() {
        return "-Djdk.net.hosts.file=" + hosts;
    }

    @Override
    public void close() {
        directory.close();
    }
}
