package dev.gatehouse.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Keeps the examples of docs/commands.md equal to those that a test runs. */
class ExamplesTest {

    private static final Pattern BLOCK = Pattern.compile("(?s)\n```java\n(.*?)\n```\n");
    private static final Pattern EXAMPLE = Pattern.compile("(?s)\n *// example\n(.*?)\n *// end\n");
    private static final String TEST = "shared/core/src/test/java/dev/gatehouse/redis/command/CommandExamplesTest.java";

    @Test
    void thePageOfCommandsShowsWhatTheTestRuns() throws IOException {
        var shown = parts("docs/commands.md", BLOCK);

        assertThat(shown).hasSizeGreaterThan(5);
        assertThat(shown).containsExactlyInAnyOrderElementsOf(parts(TEST, EXAMPLE));
    }

    /** Returns what {@code pattern} encloses, without its indentation. */
    private static List<String> parts(String file, Pattern pattern) throws IOException {
        return pattern.matcher(Files.readString(SourceTree.ROOT.resolve(file)))
                .results()
                .map(match -> match.group(1).stripIndent())
                .toList();
    }
}
