// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Each link of the documentation leads to a file and a heading, and each page can be reached from the README. */
class LinksTest {

    private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");

    /** A link of {@code page} to a file or, without one, within the page. */
    private record Link(Page page, String target) {

        boolean isExternal() {
            return target.matches("[a-z]+:.*");
        }

        Path file() {
            var path = target.replaceFirst("#.*", "");
            return path.isEmpty()
                    ? page.path()
                    : page.path().resolveSibling(path).normalize();
        }

        boolean isBroken() {
            if (isExternal()) {
                return !isAbsolute(target);
            }
            var anchor = target.contains("#") ? target.substring(target.indexOf('#') + 1) : "";
            return !Files.exists(file())
                    || !anchor.isEmpty() && !new Page(file()).anchors().contains(anchor);
        }

        private static boolean isAbsolute(String uri) {
            return URI.create(uri).getHost() != null;
        }
    }

    @Test
    void eachLinkLeadsToAFileAndAHeading() {
        var links = Page.all().stream().flatMap(page -> links(page).stream()).toList();

        assertThat(links).hasSizeGreaterThan(100);
        assertThat(links).filteredOn(Link::isBroken).isEmpty();
    }

    /** External sites are not called by a test: only the form of their links is checked, and that TLS is used. */
    @Test
    void eachExternalLinkUsesTls() {
        assertThat(Page.all().stream().flatMap(page -> links(page).stream()))
                .filteredOn(Link::isExternal)
                .isNotEmpty()
                .allMatch(link ->
                        link.target().startsWith("https://") || link.target().startsWith("http://localhost:"));
    }

    @Test
    void eachPageOfTheDocsIsReachableFromTheReadme() {
        var pages = Page.all().stream()
                .map(Page::path)
                .filter(path -> path.startsWith(Page.ROOT.resolve("docs")))
                .collect(Collectors.toSet());

        assertThat(reachableFrom(Page.of("README.md").path())).containsAll(pages);
    }

    /** Returns the pages to which links lead. A link to a folder leads to its README. */
    private static Set<Path> reachableFrom(Path start) {
        var reached = new HashSet<Path>();
        var pending = new ArrayDeque<>(List.of(start));
        while (!pending.isEmpty()) {
            var path = pending.pop();
            if (Files.exists(path) && path.toString().endsWith(".md") && reached.add(path)) {
                for (var link : links(new Page(path))) {
                    if (!link.isExternal()) {
                        pending.add(Files.isDirectory(link.file()) ? link.file().resolve("README.md") : link.file());
                    }
                }
            }
        }
        return reached;
    }

    private static List<Link> links(Page page) {
        var links = new ArrayList<Link>();
        LINK.matcher(page.markup()).results().forEach(match -> links.add(new Link(page, match.group(1))));
        return links;
    }
}
