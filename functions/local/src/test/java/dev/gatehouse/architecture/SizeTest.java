// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Keeps files and packages small. The licence in the first line does not count. */
class SizeTest {

    private static final int MAX_MAIN_LINES = 300;
    private static final int MAX_TEST_LINES = 500;
    private static final int MAX_FILES = 25;

    @Test
    void noMainFileHasMoreThan300Lines() {
        assertThat(longerThan(MAX_MAIN_LINES, "src/main")).isEmpty();
    }

    @Test
    void noTestFileHasMoreThan500Lines() {
        assertThat(longerThan(MAX_TEST_LINES, "src/test")).isEmpty();
    }

    @Test
    void noPackageHasMoreThan25Files() {
        var files = Stream.concat(SourceTree.javaFiles("src/main").stream(), SourceTree.javaFiles("src/test").stream())
                .collect(Collectors.groupingBy(
                        file -> SourceTree.name(file.getParent()), TreeMap::new, Collectors.counting()));
        files.values().removeIf(count -> count <= MAX_FILES);

        assertThat(files.keySet()).isEmpty();
    }

    private static Set<String> longerThan(long max, String folder) {
        Predicate<Path> isLonger = file -> lines(file) > max;
        return SourceTree.javaFiles(folder).stream()
                .filter(isLonger)
                .map(SourceTree::name)
                .collect(Collectors.toSet());
    }

    private static long lines(Path file) {
        try (var lines = Files.lines(file)) {
            return lines.filter(line -> !line.startsWith("// SPDX-")).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
