// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.lambda;

import dev.gatehouse.testkit.process.ScratchDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.ZipFile;

/**
 * The folders of extracted packages. Each package is extracted once per JVM: functions do not write there, and a JVM's
 * cache of classes is only valid for files that do not change.
 */
final class ExtractedPackage {

    private static final Map<Path, ScratchDirectory> DIRECTORIES = new ConcurrentHashMap<>();

    private ExtractedPackage() {}

    /** Returns the folder of the extracted zip, which is deleted when this JVM ends. */
    static Path of(Path zip) {
        return DIRECTORIES
                .computeIfAbsent(zip.toAbsolutePath(), ExtractedPackage::extract)
                .path();
    }

    private static ScratchDirectory extract(Path zip) {
        var directory = ScratchDirectory.named("package");
        try (var files = new ZipFile(zip.toFile())) {
            for (var entry :
                    files.stream().filter(entry -> !entry.isDirectory()).toList()) {
                var file = directory.path().resolve(entry.getName()).normalize();
                if (!file.startsWith(directory.path())) {
                    throw new IOException("an entry outside of its zip: " + entry.getName());
                }
                Files.createDirectories(file.getParent());
                try (var content = files.getInputStream(entry)) {
                    Files.copy(content, file);
                }
            }
            return directory;
        } catch (IOException e) {
            directory.close();
            throw new UncheckedIOException(e);
        }
    }
}
