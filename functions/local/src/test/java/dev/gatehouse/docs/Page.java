// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A page of the documentation.
 *
 * @param path the absolute path
 */
record Page(Path path) {

    /** The root of the project. */
    static final Path ROOT = Path.of("").toAbsolutePath().getParent().getParent();

    private static final Set<String> SKIPPED =
            Set.of(".git", ".jqwik-database", "__pycache__", "node_modules", "target");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^ *```([^\n]*)\n(.*?)^ *```$");
    private static final Pattern INLINE_CODE = Pattern.compile("`([^`\n]+)`");

    /**
     * A code block.
     *
     * @param language the first word after the backticks, empty if there is none
     * @param mark the words after it, empty if there are none
     */
    record Block(String language, String mark, String text) {}

    static Page of(String path) {
        return new Page(ROOT.resolve(path));
    }

    /** Returns every Markdown file of the project. */
    static List<Page> all() {
        return files(ROOT)
                .filter(path -> path.toString().endsWith(".md"))
                .map(Page::new)
                .toList();
    }

    /** Returns the files below a folder, without those of tools. */
    static Stream<Path> files(Path folder) {
        try (var entries = Files.list(folder)) {
            return entries.sorted().toList().stream()
                    .filter(entry -> !SKIPPED.contains(entry.getFileName().toString()))
                    .flatMap(entry -> Files.isDirectory(entry) ? files(entry) : Stream.of(entry));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String text() {
        return read(path);
    }

    /** Returns the text without code blocks. */
    String prose() {
        return BLOCK.matcher(text()).replaceAll("");
    }

    /** Returns the text without any code, in which every bracket is Markdown's. */
    String markup() {
        return INLINE_CODE.matcher(prose()).replaceAll("");
    }

    /** Returns the texts in backticks outside code blocks. */
    List<String> inlineCode() {
        return INLINE_CODE
                .matcher(prose())
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    List<Block> blocks() {
        return BLOCK.matcher(text())
                .results()
                .map(match -> {
                    var info = match.group(1).strip().split(" ", 2);
                    return new Block(info[0], info.length == 1 ? "" : info[1], match.group(2));
                })
                .toList();
    }

    /** Returns the anchors of the headings, as GitHub derives them. */
    Set<String> anchors() {
        return prose().lines()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("#+ ", "")
                        .replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    /** Returns the path from the root of the project. */
    @Override
    public String toString() {
        return ROOT.relativize(path).toString();
    }
}
