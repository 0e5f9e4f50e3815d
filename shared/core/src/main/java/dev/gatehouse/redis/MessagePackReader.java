package dev.gatehouse.redis;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads one after the other the values that a script packed with {@code cmsgpack.pack}, or {@link MessagePackWriter}: whole numbers,
 * texts and maps. Each method throws {@link Malformed} where no such value is next; no input has it throw another, nor take
 * more memory than the input.
 */
public final class MessagePackReader {

    /** The bytes are not what was to be read. */
    public static final class Malformed extends RuntimeException {

        private static final long serialVersionUID = 1;

        /** @param why without any of the bytes */
        public Malformed(String why) {
            super(why);
        }
    }

    private final byte[] bytes;
    private int at;

    public MessagePackReader(byte[] bytes) {
        this.bytes = bytes;
    }

    /** A whole number. */
    public long number() {
        int head = head();
        if (head < 0x80) {
            return head; // positive fixint
        }
        if (head >= 0xe0) {
            return (byte) head; // negative fixint
        }
        return switch (head) {
            case 0xcc -> unsigned(1);
            case 0xcd -> unsigned(2);
            case 0xce -> unsigned(4);
            case 0xcf -> notNegative(unsigned(8));
            case 0xd0 -> (byte) unsigned(1);
            case 0xd1 -> (short) unsigned(2);
            case 0xd2 -> (int) unsigned(4);
            case 0xd3 -> unsigned(8);
            default -> throw new Malformed("no whole number");
        };
    }

    /** A text as its bytes. */
    public byte[] bytes() {
        long length = textLength(head());
        if (length > bytes.length - at) {
            throw new Malformed("cut short");
        }
        at += (int) length;
        return Arrays.copyOfRange(bytes, at - (int) length, at);
    }

    /** A text in UTF-8. */
    public String text() {
        var utf8 = bytes();
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new Malformed("no UTF-8");
        }
    }

    /** How many names a map has, each with its value after it. A script packs the empty map as an empty array. */
    public int members() {
        int head = head();
        long members;
        if (head >> 4 == 0x8) {
            members = head & 0xf;
        } else if (head == 0xde) {
            members = unsigned(2);
        } else if (head == 0xdf) {
            members = unsigned(4);
        } else if (head == 0x90) {
            members = 0;
        } else {
            throw new Malformed("no map");
        }
        if (2 * members > bytes.length - at) {
            throw new Malformed("cut short");
        }
        return (int) members;
    }

    /** All that is left, if it is whole numbers, told as {@link Long}, and texts, in which a character stands for each byte. */
    List<Object> rest() {
        var rest = new ArrayList<Object>(4);
        while (at < bytes.length) {
            rest.add(isText() ? new String(bytes(), StandardCharsets.ISO_8859_1) : (Object) number());
        }
        return rest;
    }

    /** Whether a text is next, and not a number, a map or nothing. */
    public boolean isText() {
        return at < bytes.length && isText(bytes[at] & 0xff);
    }

    /** Nothing may be left. */
    public void end() {
        if (at < bytes.length) {
            throw new Malformed("more than was to be read");
        }
    }

    private static boolean isText(int head) {
        return head >> 5 == 0x5 || (head >= 0xd9 && head <= 0xdb);
    }

    private long textLength(int head) {
        if (!isText(head)) {
            throw new Malformed("no text");
        }
        return switch (head) {
            case 0xd9 -> unsigned(1);
            case 0xda -> unsigned(2);
            case 0xdb -> unsigned(4);
            default -> head & 0x1f;
        };
    }

    private int head() {
        return (int) unsigned(1);
    }

    private long unsigned(int width) {
        if (width > bytes.length - at) {
            throw new Malformed("cut short");
        }
        long number = 0;
        for (int i = 0; i < width; i++) {
            number = number << 8 | (bytes[at++] & 0xff);
        }
        return number;
    }

    private static long notNegative(long number) {
        if (number < 0) {
            throw new Malformed("too large a number");
        }
        return number;
    }
}
