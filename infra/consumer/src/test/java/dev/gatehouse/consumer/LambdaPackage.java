// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.consumer;

import dev.gatehouse.testkit.lambda.FunctionProcess;
import dev.gatehouse.testkit.lambda.FunctionSetup;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** The program {@code lambda}, packed once for Lambda: classes at the root, jars in {@code lib}. */
final class LambdaPackage {

    private static final Path ZIP = zip();

    private LambdaPackage() {}

    /** Describes the function of a handler on that Redis. */
    static FunctionSetup function(String handler, String redisUrl) {
        return FunctionProcess.of(ZIP, handler)
                .env("REDIS_URL", redisUrl)
                .env("REDIS_CONNECTION_TIMEOUT", "10000")
                .env("REDIS_COMMAND_TIMEOUT", "5000");
    }

    private static Path zip() {
        var zip = Path.of("target/lambda.zip");
        try (var out = new ZipOutputStream(Files.newOutputStream(zip))) {
            for (var entry : ConsumerRuns.classPath("lambda").split(File.pathSeparator)) {
                var path = Path.of(entry);
                if (Files.isDirectory(path)) {
                    try (var files = Files.walk(path)) {
                        for (var file : files.filter(Files::isRegularFile).toList()) {
                            add(out, path.relativize(file).toString(), file);
                        }
                    }
                } else {
                    add(out, "lib/" + path.getFileName(), path);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return zip;
    }

    private static void add(ZipOutputStream out, String name, Path file) throws IOException {
        out.putNextEntry(new ZipEntry(name));
        Files.copy(file, (OutputStream) out);
        out.closeEntry();
    }
}
