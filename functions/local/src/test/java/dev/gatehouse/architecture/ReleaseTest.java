// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Keeps the published modules, the BOM, the files of a release and the version consistent. */
class ReleaseTest {

    private static final Pattern ARTIFACT =
            Pattern.compile("<artifactId>(gatehouse[a-z-]*)</artifactId>\\s*<version>([^<]+)</version>");
    private static final Pattern PACKAGE = Pattern.compile("/gatehouse-[a-z-]+?-(\\d[^/\\s]*)\\.(?:zip|jar)");

    @Test
    void theBomListsThePublishedModulesAndNoOther() {
        var managed = find(ARTIFACT, "shared/bom/pom.xml")
                .filter(artifact -> artifact.group(2).equals("${project.version}"))
                .map(artifact -> artifact.group(1));

        assertThat(managed)
                .containsExactlyInAnyOrderElementsOf(
                        published().map(ReleaseTest::artifactId).toList());
    }

    @Test
    void aReleaseHasTheFilesOfThePublishedModulesAndNoOther() {
        var directories = find(Pattern.compile("<directory>../../(.*)/target</directory>"), "infra/release/files.xml")
                .map(directory -> directory.group(1));

        assertThat(directories).containsExactlyInAnyOrderElementsOf(published().toList());
    }

    @Test
    void eachPublishedModuleHasANameADescriptionAndSources() {
        assertThat(published()).hasSizeGreaterThan(10).allSatisfy(module -> {
            assertThat(text(module + "/pom.xml")).contains("<name>Gatehouse: ", "<description>");
            assertThat(SourceTree.javaFiles("src/main"))
                    .anyMatch(file -> SourceTree.name(file).startsWith(module + "/src/main/java/"));
        });
    }

    @Test
    void theRootAndTheBomStateTheLicence() {
        assertThat(List.of("pom.xml", "shared/bom/pom.xml")).allSatisfy(pom -> assertThat(text(pom))
                .contains("<name>Apache-2.0</name>", "<url>https://www.apache.org/licenses/LICENSE-2.0</url>"));
    }

    @Test
    void everyPomAndPageNamesOneVersion() {
        var version = version();
        var poms = poms().toList();

        assertThat(poms).hasSizeGreaterThan(20);
        assertThat(Stream.concat(poms.stream(), Stream.of("docs/library.md"))
                        .flatMap(pom -> find(ARTIFACT, pom))
                        .map(artifact -> artifact.group(2))
                        .filter(found -> !found.matches("[$@].*")))
                .containsOnly(version);
        assertThat(Stream.of("infra/template.yaml", "docs/authorizer.md", "docs/doctor.md")
                        .flatMap(page -> find(PACKAGE, page))
                        .map(file -> file.group(1)))
                .hasSizeGreaterThan(10)
                .containsOnly(version);
        assertThat(text("functions/local/src/main/java/dev/gatehouse/local/ApiDescription.java"))
                .contains("version = \"" + version.replaceFirst("-.*", "") + "\"");
    }

    private static String version() {
        return find(ARTIFACT, "pom.xml").findFirst().orElseThrow().group(2);
    }

    /** Returns the folders of the modules that are deployed. */
    private static Stream<String> published() {
        return poms().map(pom -> pom.replaceFirst("/?pom.xml$", ""))
                .filter(module -> module.matches("(shared|functions)/.*") && !module.equals("shared/bom"))
                .filter(module -> !text(module + "/pom.xml").contains("<maven.deploy.skip>true</maven.deploy.skip>"));
    }

    private static String artifactId(String module) {
        var pom = text(module + "/pom.xml").replaceFirst("(?s)<parent>.*</parent>", "");
        return pom.substring(pom.indexOf("<artifactId>") + "<artifactId>".length(), pom.indexOf("</artifactId>"));
    }

    private static Stream<String> poms() {
        try (var files = Files.find(
                SourceTree.ROOT,
                6,
                (file, attributes) -> file.endsWith("pom.xml")
                        && !SourceTree.name(file).matches("(.*/)?(target|src|node_modules)/.*"))) {
            return files.map(SourceTree::name).sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<MatchResult> find(Pattern pattern, String file) {
        return pattern.matcher(text(file)).results();
    }

    private static String text(String file) {
        try {
            return Files.readString(SourceTree.ROOT.resolve(Path.of(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
