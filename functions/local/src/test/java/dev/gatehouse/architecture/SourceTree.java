// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.architecture;

import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.LocationProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The modules under {@code shared} and {@code functions}: their sources, and their compiled main classes for ArchUnit. */
public final class SourceTree implements LocationProvider {

    static final Path ROOT = Path.of("").toAbsolutePath().getParent().getParent();

    /** Returns the compiled main classes of every module but the testkit. */
    @Override
    public Set<Location> get(Class<?> testClass) {
        return modules().stream()
                .filter(module -> !module.endsWith("testkit"))
                .map(module -> module.resolve("target/classes"))
                .filter(Files::isDirectory)
                .map(Location::of)
                .collect(Collectors.toSet());
    }

    /** Returns the Java files below {@code src/main} or {@code src/test} of every module. */
    static List<Path> javaFiles(String folder) {
        return files(folder, ".java");
    }

    /** Returns the scripts that the modules send to Redis. */
    static List<Path> scripts() {
        return files("src/main/resources", ".lua");
    }

    private static List<Path> files(String folder, String end) {
        return modules().stream()
                .map(module -> module.resolve(folder))
                .filter(Files::isDirectory)
                .flatMap(directory -> files(directory).stream())
                .filter(file -> file.toString().endsWith(end))
                .toList();
    }

    /** Returns the path of {@code file} from the root of the project. */
    static String name(Path file) {
        return ROOT.relativize(file).toString();
    }

    private static List<Path> modules() {
        return Stream.of("shared", "functions")
                .flatMap(folder -> list(ROOT.resolve(folder)).stream())
                .filter(Files::isDirectory)
                .toList();
    }

    private static List<Path> list(Path directory) {
        try (var entries = Files.list(directory)) {
            return entries.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> files(Path directory) {
        try (var entries = Files.walk(directory)) {
            return entries.filter(Files::isRegularFile).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
