// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency;

import dev.gatehouse.codec.Deflate;
import dev.gatehouse.validation.InvalidArgument;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;

/**
 * The stored form of a response: format version, flags, status, headers and body. A long body is deflated if
 * that makes it smaller.
 */
final class StoredResponse {

    private static final byte VERSION = 1;
    private static final byte TEXT = 1;
    private static final byte DEFLATED = 2;

    /** Thrown for stored bytes that are malformed or of an unknown version. */
    static final class Unreadable extends RuntimeException {

        private static final long serialVersionUID = 1;

        Unreadable(String why) {
            super(why);
        }
    }

    private final byte[] bytes;

    /** Wraps the result of {@link #bytes}. */
    StoredResponse(byte[] bytes) {
        this.bytes = bytes;
    }

    static StoredResponse of(Response response) {
        var body = response.body().bytes();
        var deflated = Deflate.compressed(body);
        boolean smaller = deflated.length < body.length;
        // The approximate size in memory is more than the stored form takes.
        var out = ByteBuffer.allocate(Math.toIntExact(response.bytes()));
        out.put(VERSION).put((byte) ((response.body().isText() ? TEXT : 0) | (smaller ? DEFLATED : 0)));
        out.putShort((short) response.status())
                .putShort((short) response.headers().size());
        for (var header : response.headers()) {
            putText(out, header.name());
            putText(out, header.value());
        }
        out.putInt(body.length).put(smaller ? deflated : body);
        return new StoredResponse(Arrays.copyOf(out.array(), out.position()));
    }

    private static void putText(ByteBuffer out, String text) {
        out.putShort((short) text.length()).put(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Returns the stored form. */
    byte[] bytes() {
        return bytes;
    }

    /**
     * Returns the response.
     *
     * @throws Unreadable if {@link #of} did not write the bytes
     */
    Response response() {
        try {
            var in = ByteBuffer.wrap(bytes);
            if (in.get() != VERSION) {
                throw new Unreadable("of another version");
            }
            int flags = in.get();
            int status = in.getShort();
            int count = in.getShort();
            var headers = new ArrayList<ResponseHeader>();
            for (int n = 0; n < count; n++) {
                headers.add(new ResponseHeader(text(in), text(in)));
            }
            int length = in.getInt();
            var stored = new byte[in.remaining()];
            in.get(stored);
            if (length < 0 || length > Response.MAX_BODY_BYTES) {
                throw new Unreadable("of an impossible length");
            }
            var body = (flags & DEFLATED) == 0 ? stored : Deflate.original(stored, length);
            return new Response(status, headers, new ResponseBody(body, (flags & TEXT) != 0));
        } catch (BufferUnderflowException | InvalidArgument | Deflate.Malformed e) {
            throw new Unreadable("malformed");
        }
    }

    private static String text(ByteBuffer in) {
        var bytes = new byte[Short.toUnsignedInt(in.getShort())];
        in.get(bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
