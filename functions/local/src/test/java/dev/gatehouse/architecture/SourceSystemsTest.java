// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Keeps docs/source-systems.md true: each feature names a test that exists. */
class SourceSystemsTest {

    private static final Path DOCS = SourceTree.ROOT.resolve("docs");
    private static final Path PYTHON_TESTS = SourceTree.ROOT.resolve("infra/test");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (.+?) \\| (.+?) \\| (.+?) \\|$");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final int HEADINGS = 5;

    private final String page = read(DOCS.resolve("source-systems.md"));

    @Test
    void eachFeatureNamesATestThatExists() {
        var tests = SourceTree.javaFiles("src/test").stream()
                .collect(Collectors.toMap(
                        file -> file.getFileName().toString().replace(".java", ""),
                        SourceSystemsTest::read,
                        String::concat));
        var missing = new ArrayList<String>();
        for (var row : rows()) {
            var named = CODE.matcher(row.getLast())
                    .results()
                    .map(match -> match.group(1))
                    .toList();
            if (named.isEmpty()) {
                missing.add(row.getFirst());
            }
            named.stream().filter(test -> !exists(test, tests::get)).forEach(missing::add);
        }
        assertThat(missing).isEmpty();
    }

    @Test
    void everySystemHasItsFeaturesOnceEach() {
        var sections = page.split("\n## ");
        assertThat(sections).hasSize(HEADINGS + 1);
        for (var section : List.of(sections).subList(1, sections.length)) {
            var features = ROW.matcher(section)
                    .results()
                    .map(match -> match.group(1))
                    .skip(1)
                    .toList();
            assertThat(features).hasSizeGreaterThan(5).doesNotHaveDuplicates();
        }
    }

    /** Returns the cells of each row but the heads of the tables. */
    private List<List<String>> rows() {
        return ROW.matcher(page)
                .results()
                .map(match -> List.of(match.group(1), match.group(2), match.group(3)))
                .filter(row -> !row.getFirst().equals("feature"))
                .toList();
    }

    /** Returns whether there is the test {@code Class}, {@code Class.method}, {@code file.py} or {@code file.py::function}. */
    private static boolean exists(String test, Function<String, String> sourceOf) {
        var python = test.split("::");
        if (python[0].endsWith(".py")) {
            var file = PYTHON_TESTS.resolve(python[0]);
            return Files.exists(file) && (python.length == 1 || read(file).contains("def " + python[1] + "("));
        }
        var java = test.split("\\.");
        var source = sourceOf.apply(java[0]);
        return source != null && (java.length == 1 || source.contains("void " + java[1] + "("));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
