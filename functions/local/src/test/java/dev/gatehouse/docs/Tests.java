// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.docs;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The tests of the project: classes by their simple names, and the Python files of {@code infra/test}. */
final class Tests {

    private static final Path PYTHON = Page.ROOT.resolve("infra/test");
    private static final Pattern TEST_CLASS = Pattern.compile("[A-Z][a-z][A-Za-z0-9]*(Test|IT)");

    private final Map<String, String> sources;

    private Tests(Map<String, String> sources) {
        this.sources = sources;
    }

    static Tests find() {
        return new Tests(Page.files(Page.ROOT)
                .filter(file -> Page.ROOT.relativize(file).toString().contains("src/test/"))
                .filter(file -> file.toString().endsWith(".java"))
                .collect(Collectors.toMap(
                        file -> file.getFileName().toString().replace(".java", ""), Page::read, String::concat)));
    }

    /** Returns whether a text has the form of a test's name. */
    static boolean isName(String text) {
        return TEST_CLASS.matcher(text.split("[.#]", 2)[0]).matches() || text.matches("test_\\w+\\.py(::\\w+)?");
    }

    /** Returns whether there is the test {@code Class}, {@code Class.method}, {@code file.py} or {@code file.py::function}. */
    boolean has(String name) {
        var python = name.split("::");
        if (python[0].endsWith(".py")) {
            var file = PYTHON.resolve(python[0]);
            return Files.exists(file) && (python.length == 1 || Page.read(file).contains("def " + python[1] + "("));
        }
        var java = name.split("[.#]");
        var source = sources.get(java[0]);
        return source != null && (java.length == 1 || source.contains(" " + java[1] + "("));
    }
}
