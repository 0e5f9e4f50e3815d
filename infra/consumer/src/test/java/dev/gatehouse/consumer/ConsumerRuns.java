// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Builds the programs in {@code src/programs} once, in a separate Maven. They resolve this build's artifacts from a
 * repository, and see nothing else of it.
 */
final class ConsumerRuns {

    private static final Path TARGET = Path.of("target").toAbsolutePath();
    private static final Path ROOT = TARGET.getParent().getParent().getParent();
    private static final Path SOURCES = TARGET.resolve("programs");
    private static final Path REPOSITORY = TARGET.resolve("repository");
    private static final String VERSION = System.getProperty("gatehouse.version");
    private static final Pattern ARTIFACT = Pattern.compile("<artifactId>(gatehouse[a-z-]*)</artifactId>");

    private static final ConsumerRuns BUILT = new ConsumerRuns();

    private ConsumerRuns() {
        try {
            try (var modules =
                    Stream.concat(Files.list(ROOT.resolve("shared")), Files.list(ROOT.resolve("functions")))) {
                for (var module : modules.toList()) {
                    if (Files.isRegularFile(module.resolve("pom.xml"))) {
                        install(module);
                    }
                }
            }
            install(ROOT);
            build();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the class path of a program: its classes and the jars that Maven resolves for it. */
    static String classPath(String program) {
        return String.join(
                File.pathSeparator, BUILT.path(program, "target/classes").toString(), BUILT.jarsOf(program));
    }

    /** Returns the file names of the jars on a program's class path. */
    static List<String> jars(String program) {
        return fileNames(BUILT.jarsOf(program));
    }

    /** Returns the file names of the jars on this build's test class path. */
    static List<String> testedJars() {
        return fileNames(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    }

    private static List<String> fileNames(String classPath) {
        return Stream.of(classPath.split(File.pathSeparator))
                .map(entry -> Path.of(entry).getFileName().toString())
                .filter(name -> name.endsWith(".jar"))
                .toList();
    }

    private Path path(String program, String file) {
        return SOURCES.resolve(program).resolve(file);
    }

    private String jarsOf(String program) {
        try {
            return Files.readString(path(program, "target/classpath")).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Copies a module into a separate repository as {@code mvn install} does, without a change of the build's own. */
    private static void install(Path module) throws IOException {
        var artifactId = artifactId(Files.readString(module.resolve("pom.xml")));
        var directory = REPOSITORY.resolve("dev/gatehouse").resolve(artifactId).resolve(VERSION);
        Files.createDirectories(directory);
        var name = artifactId + "-" + VERSION;
        copy(module.resolve("pom.xml"), directory.resolve(name + ".pom"));
        var jar = module.resolve("target").resolve(name + ".jar");
        if (Files.isRegularFile(jar)) {
            copy(jar, directory.resolve(name + ".jar"));
        }
    }

    /** Returns the first artifact id outside the parent. */
    private static String artifactId(String pom) {
        var found = ARTIFACT.matcher(pom.replaceFirst("(?s)<parent>.*?</parent>", ""));
        assertThat(found.find()).as("the module has an artifact id").isTrue();
        return found.group(1);
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void build() throws IOException {
        var output = TARGET.resolve("programs.log");
        var maven = new ProcessBuilder(
                        System.getProperty("gatehouse.maven"),
                        "-B",
                        "-ntp",
                        "-q",
                        "-s",
                        SOURCES.resolve("settings.xml").toString(),
                        "-Dmaven.repo.local=" + REPOSITORY,
                        "-Dbuild.repository=" + repositoryOfTheBuild().toUri(),
                        "-Dmdep.outputFile=target/classpath",
                        "-Dmdep.includeScope=runtime",
                        "compile",
                        "dependency:build-classpath")
                .directory(SOURCES.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        maven.environment().put("JAVA_HOME", System.getProperty("java.home"));
        maven.environment().put("MAVEN_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
        var process = maven.start();
        try {
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("Maven ends").isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    }

    /** Returns the running build's repository, the root of {@code io/lettuce/lettuce-core/<version>/<jar>}. */
    private static Path repositoryOfTheBuild() {
        try {
            var lettuce = Path.of(RedisClient.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return lettuce.resolve("../../../../..").normalize();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
