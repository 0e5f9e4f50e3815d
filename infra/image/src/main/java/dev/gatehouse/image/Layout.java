package dev.gatehouse.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * A function's package as an AOT cache wants it: all classes in jars, for it takes no folder of them, and a class path that
 * is written down, for it is bound to its order. The same package is always laid out alike, to the times of its files.
 */
public final class Layout {

    private static final String LIB = "lib/";

    private final Path lib;

    private Layout(Path lib) {
        this.lib = lib;
    }

    /**
     * Unpacks into the {@code lib} of a folder, and writes {@code class-path.options} beside it, an argument file of
     * {@code java}.
     *
     * @param arguments the package; the folder
     */
    public static void main(String... arguments) throws IOException {
        var folder = Path.of(arguments[1]);
        var lib = Files.createDirectories(folder.resolve("lib"));
        try (var zip = new ZipFile(arguments[0])) {
            new Layout(lib).of(zip);
        }
        var classPath = jarsOf(lib).map(Path::toString).collect(Collectors.joining(":"));
        Files.writeString(folder.resolve("class-path.options"), "-cp\n" + classPath + "\n");
    }

    private void of(ZipFile zip) throws IOException {
        for (var jar : entries(zip, entry -> isInLib(entry) && !entry.isDirectory())) {
            copy(zip, jar);
        }
        // Folders, too: by them Micronaut finds its beans.
        pack(zip, entries(zip, entry -> !isInLib(entry)));
    }

    private static boolean isInLib(ZipEntry entry) {
        return entry.getName().startsWith(LIB);
    }

    private static List<? extends ZipEntry> entries(ZipFile zip, Predicate<ZipEntry> which) {
        return zip.stream().filter(which).toList();
    }

    private void copy(ZipFile zip, ZipEntry jar) throws IOException {
        var file = lib.resolve(jar.getName().substring(LIB.length())).normalize();
        if (!lib.equals(file.getParent())) {
            throw new IOException("no jar of a package: " + jar.getName());
        }
        try (var content = zip.getInputStream(jar)) {
            Files.copy(content, file);
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

    private static Stream<Path> jarsOf(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.sorted().toList().stream();
        }
    }
}
