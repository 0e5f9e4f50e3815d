// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.codec;

import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** Compresses bytes by raw DEFLATE (RFC 1951). */
public final class Deflate {

    /** Shorter bytes are not worth compressing. */
    public static final int MIN_LENGTH = 1025;

    /** Reports bytes that {@link #compressed} did not return, or a wrong length. */
    public static final class Malformed extends RuntimeException {

        private static final long serialVersionUID = 1;

        Malformed(String reason) {
            super(reason);
        }
    }

    private Deflate() {}

    /** Returns the compressed bytes, or {@code bytes} themselves if they are short or compression makes them no smaller. */
    public static byte[] compressed(byte[] bytes) {
        if (bytes.length < MIN_LENGTH) {
            return bytes;
        }
        var deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        try {
            deflater.setInput(bytes);
            deflater.finish();
            var compressed = new byte[bytes.length - 1];
            int size = deflater.deflate(compressed);
            return deflater.finished() ? Arrays.copyOf(compressed, size) : bytes;
        } finally {
            deflater.end();
        }
    }

    /**
     * Returns the original of {@code compressed} bytes.
     *
     * @param length the length of the original; the caller bounds it
     */
    public static byte[] original(byte[] compressed, int length) {
        var inflater = new Inflater(true);
        try {
            inflater.setInput(compressed);
            var bytes = new byte[length];
            if (inflater.inflate(bytes) < length) {
                throw new Malformed("truncated");
            }
            return bytes;
        } catch (DataFormatException e) {
            throw new Malformed("not deflated");
        } finally {
            inflater.end();
        }
    }
}
