// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A Lua script that Redis runs as one atomic step. By convention {@code ARGV[1]} is the time in microseconds, or 0 for the
 * clock of Redis; {@link RedisLink} adds it.
 *
 * <p>A script file may include others: the line {@code -- include: clock.lua} is replaced by that file when the script is
 * loaded. A file is looked up beside the class that owns the script, then beside this class.
 *
 * @param name the name in logs and metrics
 * @param source the Lua text, with all includes
 * @param sha1 the digest of the source, by which Redis identifies it
 * @param packs whether the reply is one text that the script has packed
 */
public record Script(String name, String source, String sha1, boolean packs) {

    private static final Pattern INCLUDE = Pattern.compile("^-- include: (\\S+)\\n", Pattern.MULTILINE);

    /**
     * Loads {@code <name>.lua} from beside {@code owner}.
     *
     * @param fragments names of files that precede the script
     * @throws IllegalStateException if there is no such file
     */
    public static Script beside(Class<?> owner, String name, String... fragments) {
        var source = new StringBuilder();
        for (var fragment : fragments) {
            source.append(text(owner, fragment + ".lua"));
        }
        return of(name, source.append(text(owner, name + ".lua")).toString());
    }

    private static String text(Class<?> owner, String file) {
        try (var stream = open(owner, file)) {
            if (stream == null) {
                throw new IllegalStateException("there is no script " + file + " beside " + owner.getName());
            }
            var text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            return INCLUDE.matcher(text).replaceAll(include -> Matcher.quoteReplacement(text(owner, include.group(1))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static @Nullable InputStream open(Class<?> owner, String file) {
        var stream = owner.getResourceAsStream(file);
        return stream == null ? Script.class.getResourceAsStream(file) : stream;
    }

    public static Script of(String name, String source) {
        try {
            var digest = MessageDigest.getInstance("SHA-1").digest(source.getBytes(StandardCharsets.UTF_8));
            return new Script(name, source, HexFormat.of().formatHex(digest), false);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Returns this script as one that replies with a single text from {@code cmsgpack.pack}. The reply is the list of its
     * whole numbers and texts. A text may not be UTF-8, so it has one character for each byte, as in ISO 8859-1. Redis
     * writes one text much faster than an array.
     */
    public Script replyingPacked() {
        return new Script(name, source, sha1, true);
    }
}
