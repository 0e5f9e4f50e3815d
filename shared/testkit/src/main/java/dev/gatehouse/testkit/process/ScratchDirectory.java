// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A temporary directory. It is deleted with its contents on close, or when the JVM ends. */
public record ScratchDirectory(Path path) implements AutoCloseable {

    private static final Set<ScratchDirectory> OPEN = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> OPEN.forEach(ScratchDirectory::close), "delete-scratch-directories"));
    }

    public static ScratchDirectory named(String prefix) {
        try {
            var directory = new ScratchDirectory(Files.createTempDirectory("gatehouse-" + prefix + "-"));
            OPEN.add(directory);
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path resolve(String name) {
        return path.resolve(name);
    }

    /** Deletes as much as possible. A file that an ending process still writes must not fail a test. */
    @Override
    public void close() {
        OPEN.remove(this);
        try (var files = Files.walk(path)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            path.toFile().deleteOnExit();
        }
    }
}
