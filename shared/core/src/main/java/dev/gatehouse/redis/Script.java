package dev.gatehouse.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A Lua script that Redis runs as one atomic step. By convention {@code ARGV[1]} is the time in microseconds, or 0 for
 * Redis's own; {@link RedisLink} puts it there.
 *
 * @param name for logs and metrics
 * @param source the Lua text
 * @param sha1 of the source, by which Redis knows it
 * @param packs whether its reply is one text that it has packed
 */
public record Script(String name, String source, String sha1, boolean packs) {

    /** Reads {@code <name>.lua} from beside {@code owner}, with the {@code parts} before it, each a file too. */
    public static Script beside(Class<?> owner, String name, String... parts) {
        var source = new StringBuilder();
        for (var part : parts) {
            source.append(text(owner, part));
        }
        return of(name, source.append(text(owner, name)).toString());
    }

    private static String text(Class<?> owner, String name) {
        try (var file = owner.getResourceAsStream(name + ".lua")) {
            if (file == null) {
                throw new IllegalStateException("no script " + name + ".lua beside " + owner.getName());
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
     * This script, which replies with one text: what {@code cmsgpack.pack} made of whole numbers and texts. It is told as the
     * list of these, the texts of a character for each byte, as ISO 8859-1 has them, for they may be no UTF-8. Redis writes
     * one text for much less than an array, whose length it has to fill in afterwards.
     */
    public Script replyingPacked() {
        return new Script(name, source, sha1, true);
    }
}
