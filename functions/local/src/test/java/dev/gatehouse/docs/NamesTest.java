// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Each test, route and setting that the documentation names exists. */
class NamesTest {

    private static final Pattern ROUTE = Pattern.compile("(?:(GET|POST|PUT|PATCH|DELETE) )?(/v1/[a-z0-9/{}-]+)");
    private static final Pattern SETTING = Pattern.compile("\\b(GATEHOUSE|REDIS)_[A-Z_]+\\b");
    private static final Pattern PATH = Pattern.compile("(?m)^  (/v1/\\S+):$");

    @Test
    void eachNamedTestExists() {
        var tests = Tests.find();
        var named = new ArrayList<String>();
        for (var page : pages()) {
            page.inlineCode().stream()
                    .filter(Tests::isName)
                    .map(name -> page + ": " + name)
                    .forEach(named::add);
        }
        assertThat(named).hasSizeGreaterThan(100);
        assertThat(named).allMatch(name -> tests.has(name.substring(name.indexOf(": ") + 2)));
    }

    @Test
    void eachNamedRouteExists() {
        var routes = PATH.matcher(description())
                .results()
                .map(match -> anyName(match.group(1)))
                .collect(Collectors.toSet());
        assertThat(routes).hasSizeGreaterThan(40);

        var unknown = new ArrayList<String>();
        for (var page : pages()) {
            ROUTE.matcher(page.text())
                    .results()
                    .map(match -> match.group(2).replaceFirst("/$", ""))
                    .filter(route -> !isKnown(anyName(route), routes))
                    .map(route -> page + ": " + route)
                    .forEach(unknown::add);
        }
        assertThat(unknown).isEmpty();
    }

    /** A setting is known if main code, the template or a script of {@code infra} reads it. */
    @Test
    void eachNamedSettingExists() {
        var read = Page.files(Page.ROOT)
                .filter(file -> !file.toString().endsWith(".md"))
                .filter(file -> !file.toString().contains("/src/test/"))
                .filter(file -> file.toString().matches(".*/(functions|shared)/.*\\.(java|properties|xml)|.*/infra/.*"))
                .filter(file -> !file.toString().matches(".*\\.(png|jar|zip|rdb|json)"))
                .flatMap(file -> SETTING.matcher(Page.read(file)).results().map(match -> match.group()))
                .collect(Collectors.toSet());

        var unknown = new ArrayList<String>();
        for (var page : pages()) {
            SETTING.matcher(page.text())
                    .results()
                    .map(match -> match.group())
                    .filter(name -> !read.contains(name) && !name.endsWith("_"))
                    .map(name -> page + ": " + name)
                    .forEach(unknown::add);
        }
        assertThat(unknown).isEmpty();
    }

    /** Returns whether there is a route of this path, or routes below it. */
    private static boolean isKnown(String path, Set<String> routes) {
        return routes.contains(path) || routes.stream().anyMatch(route -> route.startsWith(path + "/"));
    }

    /** Replaces the parts of a path that stand for a value or are an example of one. */
    private static String anyName(String path) {
        return path.replaceAll("\\{[a-z]*}", "*").replaceAll("/policies/(?!\\*)[a-z-]+", "/policies/*");
    }

    private static String description() {
        return Page.files(Page.ROOT.resolve("functions/local/target/classes/META-INF/swagger"))
                .filter(file -> file.toString().endsWith(".yml"))
                .map(Page::read)
                .collect(Collectors.joining());
    }

    /** Returns the pages that describe the present, unlike the changelog. */
    private static List<Page> pages() {
        return Page.all().stream()
                .filter(page -> !page.toString().equals("CHANGELOG.md"))
                .toList();
    }
}
