// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.architecture;

import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Keeps the script by which health and recovery are judged as demanding as the scripts of the functions. */
class ProbeScriptTest {

    /** A command stands as a literal in a script, though not always in the call. */
    private static final Pattern LITERAL = Pattern.compile("'([A-Z]+)'");

    /** Categories by cost; the others are by type of value and by effect. */
    private static final Set<String> SPEEDS = Set.of("fast", "slow");

    @Test
    void theProbeRunsEachKindOfCommandOfTheFunctions() throws IOException {
        var probe = SourceTree.scripts().stream()
                .filter(script -> script.endsWith("probe.lua"))
                .findFirst()
                .orElseThrow();
        try (var redis = RedisProcess.start()) {
            var kinds = kinds(redis);
            var probed = commands(probe, kinds.keySet());
            probed.add("TIME"); // Included.
            var probedKinds = probed.stream().map(kinds::get).collect(toSet());
            var missing = new TreeSet<String>();
            for (var script : SourceTree.scripts()) {
                for (var command : commands(script, kinds.keySet())) {
                    if (!probed.contains(command) && !probedKinds.contains(kinds.get(command)) && !isCheck(script)) {
                        missing.add(command + " of " + SourceTree.name(script));
                    }
                }
            }

            assertThat(missing)
                    .as("commands without one of their kind in probe.lua")
                    .isEmpty();
        }
    }

    /** The single checks of the doctor may run more than the functions do. */
    private static boolean isCheck(Path script) {
        return script.getParent().endsWith("redis/health");
    }

    private static Set<String> commands(Path script, Set<String> all) throws IOException {
        return LITERAL.matcher(Files.readString(script))
                .results()
                .map(literal -> literal.group(1))
                .filter(all::contains)
                .collect(toCollection(TreeSet::new));
    }

    /** Returns the categories of each command, such as {@code [hash, write]} of {@code HSET}. */
    private static Map<String, Set<String>> kinds(RedisProcess redis) {
        var kinds = new HashMap<String, Set<String>>();
        for (var category : texts(redis.cli("ACL", "CAT"))) {
            for (var command : texts(redis.cli("ACL", "CAT", category))) {
                var kind = kinds.computeIfAbsent(command.toUpperCase(Locale.ROOT), _ -> new TreeSet<>());
                if (!SPEEDS.contains(category)) {
                    kind.add(category);
                }
            }
        }
        return kinds;
    }

    private static List<String> texts(Object reply) {
        var texts = new ArrayList<String>();
        for (var each : (List<?>) reply) {
            texts.add((String) each);
        }
        return texts;
    }
}
