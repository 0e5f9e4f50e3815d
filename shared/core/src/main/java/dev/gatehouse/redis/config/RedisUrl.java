// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.config;

import dev.gatehouse.redis.config.RedisSettings.Credentials;
import dev.gatehouse.redis.config.RedisSettings.Node;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A URL of the form {@code redis[s]://[[user]:password@]host[:port][/database]}, or
 * {@code redis-sentinel[s]://[[user]:password@]host[:port][,host[:port]…][/database][#master]}. User and password are those of
 * Redis, percent-encoded or raw: a text that is not percent-encoded UTF-8 is raw. They end at the last {@code @}, so a raw
 * {@code @} works too.
 *
 * @param sentinel whether the nodes are Sentinels
 * @param nodes one node, or at least one Sentinel
 * @param database null if the URL has none
 * @param master the name of the master in the URL of Sentinels; null if the URL has none
 */
public record RedisUrl(
        boolean tls,
        boolean sentinel,
        @Nullable Credentials credentials,
        List<Node> nodes,
        @Nullable Integer database,
        @Nullable String master) {

    private static final Pattern FORM =
            Pattern.compile("(rediss?)://(?:(.*)@)?([^@/?#]*)(?:/(\\d{0,6}))?", Pattern.DOTALL);
    /** The driver's scheme with TLS is {@code rediss-sentinel}. */
    private static final Pattern SENTINEL_FORM = Pattern.compile(
            "(redis-sentinels?|rediss-sentinel)://(?:(.*)@)?([^@/?#]*)(?:/(\\d{0,6}))?(?:#(.*))?", Pattern.DOTALL);

    private static final Pattern NODE = Pattern.compile("(\\[[0-9A-Fa-f:.%]+]|[A-Za-z0-9._-]+)(?::(\\d{1,5}))?");

    /** The replacement character itself, as it is or percent-encoded. */
    private static final Pattern REPLACEMENT = Pattern.compile("\uFFFD|(?i:%EF%BF%BD)");

    static final int DEFAULT_PORT = 6379;
    static final int SENTINEL_PORT = 26_379;

    /**
     * Parses {@code url}, the value of {@code setting}.
     *
     * @throws InvalidSetting if it is malformed; the message contains no part that may be secret
     */
    static RedisUrl parse(String setting, String url) {
        var isSentinel = url.startsWith("redis-sentinel") || url.startsWith("rediss-sentinel");
        var form = (isSentinel ? SENTINEL_FORM : FORM).matcher(url);
        if (!form.matches()) {
            throw new InvalidSetting(
                    setting,
                    isSentinel
                            ? "must have the form"
                                    + " redis-sentinel[s]://[[user]:password@]host[:port],…[/database][#master]"
                            : "must have the form redis[s]://[[user]:password@]host[:port][/database]");
        }
        var database = form.group(4);
        return new RedisUrl(
                !form.group(1).equals("redis") && !form.group(1).equals("redis-sentinel"),
                isSentinel,
                form.group(2) == null ? null : ofUserInfo(setting, form.group(2)),
                isSentinel
                        ? Arrays.stream(form.group(3).split(",", -1))
                                .map(node -> node(setting, node, SENTINEL_PORT))
                                .toList()
                        : List.of(node(setting, form.group(3))),
                database == null || database.isEmpty() ? null : Integer.valueOf(database),
                isSentinel ? form.group(5) : null);
    }

    /**
     * Reads the credentials of {@code url}, which may have a form of the driver; null if it has none.
     *
     * @throws InvalidSetting if there is a user or a password only
     */
    public static @Nullable Credentials credentials(String setting, String url) {
        int start = url.indexOf("://") + 3;
        int end = url.lastIndexOf('@');
        return end < start ? null : ofUserInfo(setting, url.substring(start, end));
    }

    private static @Nullable Credentials ofUserInfo(String setting, String userInfo) {
        var colon = userInfo.indexOf(':');
        if (colon < 0) {
            throw new InvalidSetting(setting, "has a user without a password: write user:password@ or :password@");
        }
        var user = decoded(userInfo.substring(0, colon));
        var password = decoded(userInfo.substring(colon + 1));
        if (password.isEmpty()) {
            if (user.isEmpty()) {
                return null;
            }
            throw new InvalidSetting(setting, "has a user with an empty password");
        }
        return new Credentials(user.isEmpty() ? null : user, password);
    }

    static Node node(String setting, String text) {
        return node(setting, text, DEFAULT_PORT);
    }

    static Node node(String setting, String text, int defaultPort) {
        var node = NODE.matcher(text);
        if (!node.matches()) {
            throw new InvalidSetting(setting, "has a malformed host or port");
        }
        var host = node.group(1);
        var port = node.group(2) == null ? defaultPort : Integer.parseInt(node.group(2));
        if (port < 1 || port > 65_535) {
            throw new InvalidSetting(setting, "has a port out of range: " + port);
        }
        return new Node(host.startsWith("[") ? host.substring(1, host.length() - 1) : host, port);
    }

    /** Decodes percent-encoded UTF-8. A text that is none, such as {@code abc%de} or {@code 50%off}, stands for itself. */
    private static String decoded(String text) {
        try {
            var decoded = URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
            return replacements(decoded) > REPLACEMENT.matcher(text).results().count() ? text : decoded;
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    /** Returns whether a decoder may have replaced bytes that are not UTF-8. */
    public static boolean isLossy(String decoded) {
        return replacements(decoded) > 0;
    }

    private static long replacements(String decoded) {
        return decoded.chars().filter(c -> c == '\uFFFD').count();
    }
}
