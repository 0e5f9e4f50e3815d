// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.redis;

import java.io.UncheckedIOException;
import java.util.List;
import java.util.regex.Pattern;

/** Checks that a server holds no key of Gatehouse without an expiry after its test. */
final class ExpiryCheck {

    /** API keys without a lifetime are the one kind of data that lives on, with the pointers to imported ones. */
    private static final Pattern API_KEYS = Pattern.compile("gh:\\{[^}]*}:(ak|ki)");

    private ExpiryCheck() {}

    /**
     * Reads the counts of keys, and the keys only if some have no expiry. Ignores a server that does not reply.
     *
     * @throws AssertionError that names the keys
     */
    static void at(RedisProcess redis) {
        try {
            if (redis.infoFields("keyspace").anyMatch(ExpiryCheck::hasKeysWithoutExpiry)) {
                var lasting = lastingKeys(redis);
                if (!lasting.isEmpty()) {
                    throw new AssertionError("keys that live for ever: " + lasting);
                }
            }
        } catch (UncheckedIOException | RedisError e) {
            // The test left the server unreachable on purpose.
        }
    }

    /** @param line such as {@code db0:keys=3,expires=2,avg_ttl=0}, or another */
    private static boolean hasKeysWithoutExpiry(String line) {
        return line.startsWith("db") && !number(line, "keys=").equals(number(line, "expires="));
    }

    private static String number(String line, String field) {
        int from = line.indexOf(field) + field.length();
        return line.substring(from, line.indexOf(',', from));
    }

    /** The prefix of Gatehouse's keys; tests write their own under other names. */
    private static List<?> lastingKeys(RedisProcess redis) {
        try (var client = redis.connect()) {
            return ((List<?>) client.call("KEYS", "gh:*"))
                    .stream()
                            .filter(key -> !API_KEYS.matcher((String) key).matches()
                                    && client.call("PTTL", (String) key).equals(-1L))
                            .toList();
        }
    }
}
