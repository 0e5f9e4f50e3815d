// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.redis;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.local.redis.FunctionOperations.Access;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The documented rights of each function are sufficient, and each of them is necessary. */
class LeastRightsTest {

    private static final Path FUNCTIONS = Path.of("..");
    private static final Pattern LITERAL = Pattern.compile("'([A-Z]+)'");
    private static final Pattern CLOCK = Pattern.compile("^-- include: clock\\.lua$", Pattern.MULTILINE);

    /** Commands that are sent outside the scripts. */
    private static final Set<String> PLAIN = Set.of("+eval", "+evalsha", "+subscribe", "+unsubscribe");

    private static RedisProcess redis;
    private static Set<String> commands;

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        commands = texts(redis.cli("ACL", "CAT")).stream()
                .flatMap(category -> texts(redis.cli("ACL", "CAT", category)).stream())
                .map(command -> command.toUpperCase(Locale.ROOT))
                .collect(toCollection(TreeSet::new));
    }

    @AfterAll
    static void stop() {
        redis.cli("FLUSHALL");
        redis.close();
    }

    static Set<String> functions() {
        return FunctionOperations.all().keySet();
    }

    /** Returns the functions on the local server that have scripts. */
    static Set<String> functionsWithScripts() throws IOException {
        var found = new TreeSet<String>();
        var server = Files.readString(Path.of("pom.xml"));
        try (var folders = Files.list(FUNCTIONS)) {
            for (var folder : folders.toList()) {
                var function = folder.getFileName().toString();
                if (server.contains("<artifactId>gatehouse-" + function + "</artifactId>")
                        && !scripts(function).isEmpty()) {
                    found.add(function);
                }
            }
        }
        return found;
    }

    @Test
    void everyFunctionWithScriptsHasARow() throws IOException {
        var expected = functionsWithScripts();
        expected.add("health");

        assertThat(LeastRights.table().keySet()).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(functions()).isEqualTo(LeastRights.table().keySet());
    }

    @Test
    void theUserOfTheInfrastructureRunsEveryFunction() throws IOException {
        var rules = Pattern.compile("^user gatehouse on #\\w+ (.*)$", Pattern.MULTILINE)
                .matcher(Files.readString(Path.of("../../infra/redis/users.acl")));
        assertThat(rules.find()).isTrue();
        grant(List.of(rules.group(1).split(" ")));

        functions().forEach(LeastRightsTest::run);
    }

    @ParameterizedTest
    @MethodSource("functionsWithScripts")
    void theCommandsAreThoseOfTheScripts(String function) throws IOException {
        var used = new TreeSet<String>();
        for (var script : scripts(function)) {
            var text = Files.readString(script);
            LITERAL.matcher(text)
                    .results()
                    .map(literal -> literal.group(1))
                    .filter(commands::contains)
                    .forEach(command -> used.add("+" + command.toLowerCase(Locale.ROOT)));
            if (CLOCK.matcher(text).find()) {
                used.add("+time");
            }
        }

        assertThat(row(function).commands().stream().filter(rule -> !PLAIN.contains(rule)))
                .containsExactlyInAnyOrderElementsOf(used);
    }

    @ParameterizedTest
    @MethodSource("functions")
    void aFunctionRunsWithTheRightsOfItsRow(String function) {
        grant(row(function).all());

        run(function);
    }

    @ParameterizedTest
    @MethodSource("functions")
    void aFunctionFailsWithoutAnyOneOfItsRights(String function) {
        var unnecessary = new ArrayList<String>();
        for (var removed : row(function).all()) {
            var rest = new ArrayList<>(row(function).all());
            rest.remove(removed);
            grant(rest);
            try {
                run(function);
                unnecessary.add(removed);
            } catch (AssertionError | RuntimeException expected) {
                // The operation that needs it failed.
            }
        }

        assertThat(unnecessary).isEmpty();
    }

    private static LeastRights row(String function) {
        return LeastRights.table().get(function);
    }

    /** Lets the user do this and nothing else, and forgets the scripts, so that the next are sent by source first. */
    private static void grant(List<String> rules) {
        var command = new ArrayList<>(
                List.of("ACL", "SETUSER", "app", "reset", "on", ">s3cret", "resetkeys", "resetchannels", "-@all"));
        command.addAll(rules);
        redis.cli(command.toArray(String[]::new));
        redis.cli("SCRIPT", "FLUSH");
        // A script that failed halfway left keys without an expiry.
        redis.cli("FLUSHALL");
    }

    private static void run(String function) {
        // With the clock of Redis only, or a rejected TIME would be replaced.
        var clock = function.equals("health") ? "auto" : "redis";
        try (var access = Access.to(redis, "redis://app:s3cret@127.0.0.1:" + redis.port(), clock)) {
            FunctionOperations.all().get(function).run(access);
        }
    }

    private static List<Path> scripts(String function) throws IOException {
        var folder = FUNCTIONS.resolve(function).resolve("src/main/resources");
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (var files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".lua")).toList();
        }
    }

    private static List<String> texts(Object reply) {
        return ((List<?>) reply).stream().map(String.class::cast).toList();
    }
}
