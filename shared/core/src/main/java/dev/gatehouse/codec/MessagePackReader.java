// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.codec;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads values packed by {@code cmsgpack.pack} or {@link MessagePackWriter}, in order: whole numbers, texts and maps. Each
 * method throws {@link Malformed} if the next value is of another kind. No input causes another exception, or takes more
 * memory than its size.
 */
public final class MessagePackReader {

    /** Reports input of another form. */
    public static final class Malformed extends RuntimeException {

        private static final long serialVersionUID = 1;

        /** @param reason contains none of the bytes */
        public Malformed(String reason) {
            super(reason);
        }
    }

    private final byte[] bytes;
    private int at;

    public MessagePackReader(byte[] bytes) {
        this.bytes = bytes;
    }

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
            default -> throw new Malformed("not a whole number");
        };
    }

    /** Reads a text as bytes. */
    public byte[] bytes() {
        long length = textLength(head());
        if (length > bytes.length - at) {
            throw new Malformed("truncated");
        }
        at += (int) length;
        return Arrays.copyOfRange(bytes, at - (int) length, at);
    }

    public String text() {
        var utf8 = bytes();
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new Malformed("not UTF-8");
        }
    }

    /** Reads the size of a map, whose names and values follow in turn. A script packs the empty map as an empty array. */
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
            throw new Malformed("not a map");
        }
        if (2 * members > bytes.length - at) {
            throw new Malformed("truncated");
        }
        return (int) members;
    }

    /** Reads the remaining whole numbers, as {@link Long}, and texts, decoded as ISO 8859-1. */
    public List<Object> rest() {
        var rest = new ArrayList<Object>(4);
        while (at < bytes.length) {
            rest.add(isText() ? new String(bytes(), StandardCharsets.ISO_8859_1) : (Object) number());
        }
        return rest;
    }

    public boolean isText() {
        return at < bytes.length && isText(bytes[at] & 0xff);
    }

    /** Checks that nothing is left. */
    public void end() {
        if (at < bytes.length) {
            throw new Malformed("trailing bytes");
        }
    }

    private static boolean isText(int head) {
        return head >> 5 == 0x5 || (head >= 0xd9 && head <= 0xdb);
    }

    private long textLength(int head) {
        if (!isText(head)) {
            throw new Malformed("not a text");
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
            throw new Malformed("truncated");
        }
        long number = 0;
        for (int i = 0; i < width; i++) {
            number = number << 8 | (bytes[at++] & 0xff);
        }
        return number;
    }

    private static long notNegative(long number) {
        if (number < 0) {
            throw new Malformed("number too large");
        }
        return number;
    }
}
