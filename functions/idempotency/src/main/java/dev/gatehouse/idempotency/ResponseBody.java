// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency;

import dev.gatehouse.redis.HashTag;
import dev.gatehouse.validation.InvalidArgument;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The body of a response: text, or any bytes. A replay has the form of the original. */
public final class ResponseBody {

    public static final ResponseBody EMPTY = new ResponseBody(new byte[0], true);

    private final byte[] bytes;
    private final boolean text;

    ResponseBody(byte[] bytes, boolean text) {
        this.bytes = bytes;
        this.text = text;
    }

    /**
     * Returns a text body, stored as UTF-8.
     *
     * @throws InvalidArgument if {@code text} is not well-formed Unicode
     */
    public static ResponseBody of(String text) {
        if (!HashTag.isWellFormed(text)) {
            throw new InvalidArgument("response.body", "must be well-formed Unicode");
        }
        return new ResponseBody(text.getBytes(StandardCharsets.UTF_8), true);
    }

    public static ResponseBody of(byte[] bytes) {
        return new ResponseBody(bytes.clone(), false);
    }

    /** Returns a text body if {@code bytes} are valid UTF-8, else a binary body. */
    public static ResponseBody guessed(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return new ResponseBody(bytes.clone(), true);
        } catch (CharacterCodingException e) {
            return of(bytes);
        }
    }

    public boolean isText() {
        return text;
    }

    public String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    public int size() {
        return bytes.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ResponseBody body && text == body.text && Arrays.equals(bytes, body.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** Leaves out the content, which belongs to the caller. */
    @Override
    public String toString() {
        return "ResponseBody[" + bytes.length + " bytes]";
    }
}
