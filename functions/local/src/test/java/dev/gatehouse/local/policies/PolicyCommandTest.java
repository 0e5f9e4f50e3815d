// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.policies;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.local.doctor.CommandLine;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyCommandTest {

    private static RedisProcess redis;

    @TempDir
    private Path directory;

    private record Run(int exit, List<String> lines) {}

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @AfterEach
    void flush() {
        redis.cli("FLUSHALL");
    }

    private static Run run(String url, String... words) {
        var all = new ArrayList<>(List.of("policies"));
        all.addAll(List.of(words));
        var environment = Map.of("REDIS_URL", url, "REDIS_COMMAND_TIMEOUT", "5000", "GATEHOUSE_TENANT", "acme");
        var bytes = new ByteArrayOutputStream();
        int exit = CommandLine.run(all, environment, new PrintStream(bytes, true, StandardCharsets.UTF_8));
        return new Run(exit, bytes.toString(StandardCharsets.UTF_8).lines().toList());
    }

    private static Run run(String command, Path file, String... words) {
        var all = new ArrayList<>(List.of(command, file.toString()));
        all.addAll(List.of(words));
        return run(redis.url(), all.toArray(String[]::new));
    }

    private Path file(String policies) throws IOException {
        return Files.writeString(
                directory.resolve("plans.json"), ("{'policies':{" + policies + "}}").replace('\'', '"'));
    }

    @Test
    void appliesWhatDiffPrints() throws IOException {
        run(
                "apply",
                file(
                        "'same':{'limit':1,'windowSeconds':60},'grows':{'limit':1,'windowSeconds':60},'old':{'unlimited':true}"));
        var file = file("'same':{'limit':1,'windowSeconds':60},'grows':{'limit':9,'windowSeconds':60},"
                + "'new':{'algorithm':'fixed-window','limit':2,'period':'day','shadow':true}");
        var added = "added    new: algorithm=calendar-window limit=2 period=day timeZone=UTC shadow";
        var changed = "changed  grows: algorithm=gcra limit=1 windowSeconds=60 burst=1"
                + " -> algorithm=gcra limit=9 windowSeconds=60 burst=9";
        var removed = "removed  old: algorithm=unlimited limit=1000000000";

        assertThat(run("diff", file)).isEqualTo(new Run(1, List.of(changed, added, removed)));
        assertThat(run("apply", file))
                .isEqualTo(new Run(0, List.of(changed, added, "2 policies of tenant acme changed.")));
        assertThat(run("diff", file)).as("apply removes nothing").isEqualTo(new Run(1, List.of(removed)));
        assertThat(run("apply", file, "--prune"))
                .isEqualTo(new Run(0, List.of(removed, "1 policy of tenant acme changed.")));
        assertThat(run("diff", file))
                .isEqualTo(new Run(0, List.of("The policies of tenant acme are those of the file.")));
        assertThat(run("diff", file, "--tenant", "other").exit()).isEqualTo(1);
        assertThat(run("apply", file))
                .as("a repetition changes nothing")
                .isEqualTo(new Run(0, List.of("0 policies of tenant acme changed.")));
    }

    @Test
    void takesTheCommonPoliciesAndThoseOfTheTenant() throws IOException {
        var file = Files.writeString(directory.resolve("plans.json"), """
                {"policies": {"free": {"limit": 1, "windowSeconds": 60}, "pro": {"unlimited": true}},
                 "tenants": {"acme": {"free": {"limit": 7, "windowSeconds": 60}}}}""");

        assertThat(run("apply", file).lines).hasSize(3).first().asString().contains("free", "limit=7");
        assertThat(run("diff", file).exit()).isZero();
        assertThat(run("diff", file, "--tenant", "other").lines)
                .hasSize(2)
                .first()
                .asString()
                .contains("free", "limit=1");
    }

    @Test
    void stopsWhereRedisHasNoRoom() throws IOException {
        var many = IntStream.range(0, 1_000)
                .mapToObj(n -> "'p" + n + "':{'unlimited':true}")
                .collect(Collectors.joining(","));
        assertThat(run("apply", file(many)).exit).isZero();

        var run = run("apply", file("'q':{'unlimited':true}"));
        assertThat(run.exit).isEqualTo(2);
        assertThat(run.lines).containsExactly("Redis has 1000 policies of tenant acme, the maximum. q was not stored.");
        assertThat(run("apply", file("'a':{'unlimited':true}"), "--prune").lines)
                .as("removals make room")
                .last()
                .isEqualTo("1001 policies of tenant acme changed.");
    }

    @Test
    void exitsWithTwoWithoutRedis() throws IOException {
        try (var gone = RedisProcess.start()) {
            gone.stop();
            for (var command : List.of("diff", "apply")) {
                var run = run(
                        gone.url(), command, file("'free':{'unlimited':true}").toString());
                assertThat(run.exit).isEqualTo(2);
                assertThat(run.lines)
                        .singleElement()
                        .asString()
                        .startsWith("Redis at redis://127.0.0.1:" + gone.port())
                        .contains("refused");
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "diff | needs policies diff <file>",
                "show FILE | needs policies diff <file>",
                "diff FILE redis://localhost more | needs policies diff <file>",
                "diff FILE --prune | belongs to policies apply",
                "diff FILE --tenant A | --tenant takes 1 to 32",
                "diff FILE --tenant | --tenant takes 1 to 32",
                "diff /no/such/file | The file cannot be read: /no/such/file",
                "diff FILE | The file has invalid policies: policies.free.windowSeconds is missing",
            })
    void exitsWithTwoIfTheCommandOrTheFileIsInvalid(String words, String problem) throws IOException {
        var file = file("'free':{'limit':1}");

        var run = run(redis.url(), words.replace("FILE", file.toString()).split(" "));

        assertThat(run.exit).isEqualTo(2);
        assertThat(run.lines).first().asString().contains(problem);
    }
}
