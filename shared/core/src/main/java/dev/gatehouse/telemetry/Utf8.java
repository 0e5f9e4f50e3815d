package dev.gatehouse.telemetry;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Bytes that may or may not be UTF-8. */
public final class Utf8 {

    /** What stands for bytes that are none, or for itself. */
    private static final char REPLACEMENT = '\uFFFD';

    private Utf8() {}

    /**
     * The text that {@code bytes} are.
     *
     * @throws CharacterCodingException if they are no UTF-8
     */
    public static String text(byte[] bytes) throws CharacterCodingException {
        // The JDK's strict decoder goes character by character.
        var text = new String(bytes, StandardCharsets.UTF_8);
        return text.indexOf(REPLACEMENT) < 0
                ? text
                : StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes))
                        .toString();
    }
}
