package dev.gatehouse.redis;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a script packed with {@code cmsgpack.pack}: whole numbers, as {@link Long}, and texts, in which a character stands
 * for each byte, as ISO 8859-1 has them.
 */
final class Unpacked {

    private Unpacked() {}

    /**
     * All values, one after the other.
     *
     * @throws IllegalArgumentException if there is anything else
     */
    static List<Object> values(ByteBuffer packed) {
        var values = new ArrayList<Object>(8);
        while (packed.hasRemaining()) {
            values.add(value(packed));
        }
        return values;
    }

    private static Object value(ByteBuffer packed) {
        int first = packed.get() & 0xff;
        if (first < 0x80) {
            return (long) first;
        }
        if (first >= 0xe0) {
            return (long) (byte) first;
        }
        if (first >= 0xa0 && first < 0xc0) {
            return text(packed, first & 0x1f);
        }
        int most = packed.remaining();
        return switch (first) {
            case 0xcc -> number(packed, most, 1) & 0xff;
            case 0xcd -> number(packed, most, 2) & 0xffff;
            case 0xce -> number(packed, most, 4) & 0xffff_ffffL;
            case 0xcf, 0xd3 -> number(packed, most, 8);
            case 0xd0 -> number(packed, most, 1);
            case 0xd1 -> number(packed, most, 2);
            case 0xd2 -> number(packed, most, 4);
            case 0xd9 -> text(packed, number(packed, most, 1) & 0xff);
            case 0xda -> text(packed, number(packed, most, 2) & 0xffff);
            case 0xdb -> text(packed, number(packed, most, 4) & 0xffff_ffffL);
            default -> throw new IllegalArgumentException("neither a whole number nor a text: " + first);
        };
    }

    /** With its sign, of so many bytes. */
    private static long number(ByteBuffer packed, int most, int bytes) {
        if (bytes > most) {
            throw new IllegalArgumentException("cut short");
        }
        return switch (bytes) {
            case 1 -> packed.get();
            case 2 -> packed.getShort();
            case 4 -> packed.getInt();
            default -> packed.getLong();
        };
    }

    private static String text(ByteBuffer packed, long length) {
        if (length > packed.remaining()) {
            throw new IllegalArgumentException("cut short");
        }
        var bytes = new byte[(int) length];
        packed.get(bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
