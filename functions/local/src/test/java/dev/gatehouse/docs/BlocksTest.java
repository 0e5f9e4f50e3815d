// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.docs.Page.Block;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

/**
 * Each code block of the documentation is run by a test, or is an illustration. The words after its backticks state which:
 *
 * <ul>
 *   <li>none, or {@code console}: a shell session. {@code test_documents.py} runs it and compares the output.
 *   <li>{@code java}: lines between {@code // example} and {@code // end} of code that a test runs.
 *   <li>{@code json}, {@code yaml}: {@code test_documents.py} parses it. {@code xml}, {@code properties}: parsed here.
 *   <li>{@code text}: a drawing or an output.
 *   <li>any language and the name of a test: that test covers it.
 *   <li>any language and {@code illustration}: not run.
 * </ul>
 */
class BlocksTest {

    private static final List<String> PARSED = List.of("json", "yaml", "xml", "properties");
    private static final Pattern EXAMPLE = Pattern.compile("(?s)\n *// example\n(.*?)\n *// end\n");

    private final Tests tests = Tests.find();

    @Test
    void eachBlockIsRunByATestOrIsAnIllustration() {
        var unknown = new ArrayList<String>();
        for (var page : documentation()) {
            for (var block : page.blocks()) {
                if (!isCovered(block)) {
                    unknown.add(page + ": " + block.language() + " " + block.mark() + "\n" + block.text());
                }
            }
        }
        assertThat(unknown).isEmpty();
    }

    @Test
    void eachJavaBlockIsPartOfCodeThatATestRuns() {
        var run = Stream.of("functions", "shared", "infra/consumer/src")
                .flatMap(folder -> Page.files(Page.ROOT.resolve(folder)))
                .filter(file -> file.toString().endsWith(".java"))
                .flatMap(file -> EXAMPLE.matcher(Page.read(file)).results())
                .map(match -> dense(match.group(1)))
                .collect(Collectors.toSet());
        var shown = documentation().stream()
                .flatMap(page -> page.blocks().stream())
                .filter(block -> block.language().equals("java") && block.mark().isEmpty())
                .map(block -> dense(block.text()))
                .collect(Collectors.toSet());

        assertThat(shown).hasSizeGreaterThan(15);
        assertThat(run).containsExactlyInAnyOrderElementsOf(shown);
    }

    @Test
    void propertiesAndXmlAreWellFormed() throws Exception {
        for (var page : documentation()) {
            for (var block : page.blocks()) {
                switch (block.language()) {
                    case "properties" ->
                        assertThat(properties(block.text())).as("%s", page).isNotEmpty();
                    case "xml" ->
                        DocumentBuilderFactory.newDefaultNSInstance()
                                .newDocumentBuilder()
                                .parse(new InputSource(new StringReader(block.text())));
                    default -> {}
                }
            }
        }
    }

    @Test
    void theShownBomIsTheOneThatIsBuilt() {
        var bom = Page.read(Page.ROOT.resolve("shared/bom/pom.xml"));
        var shown = documentation().stream()
                .flatMap(page -> page.blocks().stream())
                .filter(block -> block.language().equals("xml"))
                .toList();

        assertThat(shown).isNotEmpty();
        assertThat(shown).allSatisfy(block -> assertThat(block.text())
                .contains("<artifactId>gatehouse-bom</artifactId>", "<version>" + version(bom) + "</version>"));
    }

    private boolean isCovered(Block block) {
        if (block.mark().equals("illustration")) {
            return true;
        }
        if (!block.mark().isEmpty()) {
            return tests.has(block.mark());
        }
        return switch (block.language()) {
            case "", "console" -> block.text().startsWith("$ ");
            case "java", "text" -> true;
            default -> PARSED.contains(block.language());
        };
    }

    private static Properties properties(String text) throws IOException {
        var properties = new Properties();
        properties.load(new StringReader(text));
        return properties;
    }

    private static String version(String pom) {
        var matcher = Pattern.compile("<version>(.*?)</version>").matcher(pom);
        assertThat(matcher.find()).isTrue();
        return matcher.group(1);
    }

    /** Returns code without white space, which differs between a page and a method. */
    private static String dense(String code) {
        return code.replaceAll("\\s+", "");
    }

    private static List<Page> documentation() {
        return Page.all().stream()
                .filter(page -> page.path().startsWith(Page.ROOT.resolve("docs")) || isAtTheRoot(page))
                .toList();
    }

    private static boolean isAtTheRoot(Page page) {
        return page.path().getParent().equals(Page.ROOT) && Files.isRegularFile(page.path());
    }
}
