// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The rights of one function, from the table in the documentation. Each list has rules of Redis's ACL. */
record LeastRights(List<String> keys, List<String> channels, List<String> commands) {

    private static final Path PAGE = Path.of("../../docs/redis.md");

    private static final Pattern ROW =
            Pattern.compile("^\\| `([a-z-]+)` \\| ([^ |]?[^|]*)\\| ([^|]*)\\| (.*) \\|$", Pattern.MULTILINE);

    /** Returns the rows of the table, by the name of the function. */
    static Map<String, LeastRights> table() {
        var rights = new LinkedHashMap<String, LeastRights>();
        ROW.matcher(section())
                .results()
                .forEach(row -> rights.put(
                        row.group(1), new LeastRights(rules(row.group(2)), rules(row.group(3)), rules(row.group(4)))));
        return rights;
    }

    private static String section() {
        try {
            var page = Files.readString(PAGE);
            return page.substring(page.indexOf("## Least rights"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> rules(String cell) {
        var text = cell.replace("`", "").replace("\\|", "|").strip();
        return text.isEmpty() ? List.of() : List.of(text.split(" "));
    }

    /** Returns all rules. */
    List<String> all() {
        return Stream.of(keys, channels, commands).flatMap(List::stream).toList();
    }
}
