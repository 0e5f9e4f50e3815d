package dev.gatehouse.testkit.lambda;

import dev.gatehouse.testkit.process.ScratchDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipFile;

/**
 * A function's package, unpacked once for all processes that run it: what the JVM keeps of a class path, such as its cache
 * of classes, holds for files that stay as they are. Deleted on close.
 */
public final class ExtractedPackage implements AutoCloseable {

    private final Path zip;
    private final ScratchDirectory directory = ScratchDirectory.named("package");

    private ExtractedPackage(Path zip) {
        this.zip = zip;
    }

    /** Unpacks the zip: classes at its root, jars in {@code lib/}. */
    public static ExtractedPackage of(Path zip) {
        var unpacked = new ExtractedPackage(zip);
        unpack(zip, unpacked.root());
        return unpacked;
    }

    /** A function of it. */
    public FunctionSetup function(String handler) {
        return FunctionProcess.of(zip, handler).unpackedIn(this);
    }

    /** Returns the folder of the extracted package. */
    public Path zip() {
        return zip;
    }

    Path root() {
        return directory.path();
    }

    @Override
    public void close() {
        directory.close();
    }

    static void unpack(Path zip, Path target) {
        try (var files = new ZipFile(zip.toFile())) {
            for (var entry :
                    files.stream().filter(entry -> !entry.isDirectory()).toList()) {
                var file = target.resolve(entry.getName()).normalize();
                if (!file.startsWith(target)) {
                    throw new IOException("an entry outside of its zip: " + entry.getName());
                }
                Files.createDirectories(file.getParent());
                try (var content = files.getInputStream(entry)) {
                    Files.copy(content, file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
