// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Lays out a function's package and AWS's runtime client for an AOT cache. The JVM caches classes from jars only, and the
 * cache is bound to the order of the class path. The layout is reproducible, including the times of its files.
 */
public final class Layout {

    private static final String LIB = "lib/";
    private static final String CLIENT = "aws-lambda-java-runtime-interface-client-";

    private final Path lib;

    private Layout(Path lib) {
        this.lib = lib;
    }

    /**
     * Unpacks the package into the {@code lib} of a folder, which contains the jars of the runtime client, and writes the
     * argument file {@code class-path.options} into the folder.
     *
     * @param arguments the package; the folder
     */
    public static void main(String... arguments) throws IOException {
        var folder = Path.of(arguments[1]);
        var lib = Files.createDirectories(folder.resolve("lib"));
        try (var zip = new ZipFile(arguments[0])) {
            new Layout(lib).of(zip);
        }
        var classPath = jarsOf(lib);
        Files.writeString(
                folder.resolve("class-path.options"),
                "-cp\n" + classPath.stream().map(Path::toString).collect(Collectors.joining(":")) + "\n");
        for (var jar : classPath) {
            if (jar.getFileName().toString().startsWith(CLIENT)) {
                unpackNativeLibrary(jar, folder.resolve("libaws-lambda-jni.so"));
            }
        }
    }

    /** Unpacks the native library, which the client otherwise unpacks at every start. */
    private static void unpackNativeLibrary(Path client, Path library) throws IOException {
        var architecture = System.getProperty("os.arch").equals("aarch64") ? "aarch_64" : "x86_64";
        try (var jar = new ZipFile(client.toFile());
                var content =
                        jar.getInputStream(jar.getEntry("jni/libaws-lambda-jni.linux-%s.so".formatted(architecture)))) {
            Files.copy(content, library);
        }
    }

    private void of(ZipFile zip) throws IOException {
        for (var jar : entries(zip, entry -> isInLib(entry) && !entry.isDirectory())) {
            copy(zip, jar);
        }
        // With entries for folders, because Micronaut finds its beans by them.
        pack(zip, entries(zip, entry -> !isInLib(entry)));
    }

    private static boolean isInLib(ZipEntry entry) {
        return entry.getName().startsWith(LIB);
    }

    private static List<? extends ZipEntry> entries(ZipFile zip, Predicate<ZipEntry> filter) {
        return zip.stream().filter(filter).toList();
    }

    private void copy(ZipFile zip, ZipEntry jar) throws IOException {
        var file = lib.resolve(jar.getName().substring(LIB.length())).normalize();
        if (!lib.equals(file.getParent())) {
            throw new IOException("unexpected file in the package: " + jar.getName());
        }
        try (var content = zip.getInputStream(jar)) {
            Files.copy(content, file, StandardCopyOption.REPLACE_EXISTING);
        }
        Files.setLastModifiedTime(file, jar.getLastModifiedTime());
    }

    private void pack(ZipFile zip, List<? extends ZipEntry> classes) throws IOException {
        var jar = lib.resolve("function.jar");
        var newest = FileTime.fromMillis(0);
        try (var packed = new ZipOutputStream(Files.newOutputStream(jar))) {
            for (var entry : classes) {
                var time = entry.getLastModifiedTime();
                packed.putNextEntry(new ZipEntry(entry.getName()).setLastModifiedTime(time));
                try (var content = zip.getInputStream(entry)) {
                    content.transferTo(packed);
                }
                newest = time.compareTo(newest) > 0 ? time : newest;
            }
        }
        Files.setLastModifiedTime(jar, newest);
    }

    private static List<Path> jarsOf(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }
}
