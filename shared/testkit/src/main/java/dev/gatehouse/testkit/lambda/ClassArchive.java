// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.lambda;

import dev.gatehouse.testkit.process.ScratchDirectory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An archive of the classes of a package, which halves the start time of a JVM. One process of the package writes it at
 * its end, and later ones read it.
 */
final class ClassArchive {

    private static final ScratchDirectory DIRECTORY = ScratchDirectory.named("class-archives");
    private static final Map<Path, ClassArchive> ARCHIVES = new ConcurrentHashMap<>();

    private enum State {
        MISSING,
        BEING_WRITTEN,
        WRITTEN
    }

    private final Path file;
    private State state = State.MISSING;

    private ClassArchive(Path file) {
        this.file = file;
    }

    static ClassArchive of(Path zip) {
        return ARCHIVES.computeIfAbsent(
                zip.toAbsolutePath(), _ -> new ClassArchive(DIRECTORY.resolve(zip.getFileName() + ".jsa")));
    }

    /** Returns the options of the next process: to write the archive, to read it, or neither while another writes it. */
    synchronized List<String> jvmOptions() {
        return switch (state) {
            case MISSING -> {
                state = State.BEING_WRITTEN;
                yield List.of(writeOption());
            }
            case BEING_WRITTEN -> List.of();
            case WRITTEN -> List.of("-XX:SharedArchiveFile=" + file);
        };
    }

    /** Returns the option of the process that writes the archive. */
    String writeOption() {
        return "-XX:ArchiveClassesAtExit=" + file;
    }

    /** Reports that the writing process has ended. The next one writes the archive if this one has not. */
    synchronized void writerEnded() {
        state = file.toFile().isFile() ? State.WRITTEN : State.MISSING;
    }
}
