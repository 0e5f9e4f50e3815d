// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Keeps the walk through one check in docs/architecture.md short, and its names true. */
class WalkTest {

    private static final int MAX_TYPES = 40;
    private static final Pattern TYPE = Pattern.compile("`([A-Z]\\w+)`");

    @Test
    void theWalkOfACheckNamesAtMost40TypesAndAllExist() throws IOException {
        var types = types("## A check on Lambda, file by file");

        assertThat(types).hasSizeBetween(20, MAX_TYPES);
        assertThat(sources()).containsAll(types);
    }

    @Test
    void theWalksOfAClaimAndALookupNameExistingTypes() throws IOException {
        var types = types("A claim passes");

        assertThat(types).hasSizeGreaterThan(5);
        assertThat(sources()).containsAll(types);
    }

    /** Returns the types named from the line that begins with {@code start} to the next paragraph after the names. */
    private static Set<String> types(String start) throws IOException {
        var page = Files.readString(SourceTree.ROOT.resolve("docs/architecture.md"));
        var from = page.indexOf("\n" + start);
        assertThat(from).as("the docs have a line that begins with: %s", start).isPositive();
        var section = page.substring(from);
        var end = section.indexOf(start.startsWith("#") ? "\nA claim passes" : "\n## ");
        return TYPE.matcher(end < 0 ? section : section.substring(0, end))
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toSet());
    }

    private static Set<String> sources() {
        return SourceTree.javaFiles("src/main").stream()
                .map(file -> file.getFileName().toString().replace(".java", ""))
                .collect(Collectors.toSet());
    }
}
