// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.proxy;

import dev.gatehouse.testkit.redis.RedisError;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Splits a stream of RESP2 or RESP3 into frames, with the bytes of each. Not thread-safe. */
public final class RespReader {

    /**
     * A whole request, reply or push message.
     *
     * @param bytes the bytes of the frame
     * @param value String, Long, Boolean, List, {@link RedisError} or null; a map is a list of keys and values in turn
     * @param isPush whether it is out of band, and so no reply to a request
     */
    public record Frame(byte[] bytes, Object value, boolean isPush) {}

    private final InputStream in;
    private final byte[] buffer = new byte[64 * 1024];
    private final ByteArrayOutputStream frame = new ByteArrayOutputStream();
    private int position;
    private int limit;
    private long reads;

    public RespReader(InputStream in) {
        this.in = in;
    }

    /** Returns the number of reads of the stream that returned bytes. */
    public long reads() {
        return reads;
    }

    /** Returns the next frame; null at the end of the stream. */
    public Frame next() throws IOException {
        if (peek() < 0) {
            return null;
        }
        frame.reset();
        var isPush = buffer[position] == '>';
        var value = value();
        return new Frame(frame.toByteArray(), value, isPush);
    }

    /** Returns the bytes of one read, of any protocol; null at the end of the stream. */
    public byte[] nextChunk() throws IOException {
        if (peek() < 0) {
            return null;
        }
        var chunk = Arrays.copyOfRange(buffer, position, limit);
        position = limit;
        return chunk;
    }

    /** Returns the next byte without consuming it; -1 at the end of the stream. */
    public int peek() throws IOException {
        if (position == limit) {
            var count = in.read(buffer);
            if (count < 0) {
                return -1;
            }
            position = 0;
            limit = count;
            reads++;
        }
        return buffer[position] & 0xff;
    }

    private Object value() throws IOException {
        var type = take();
        var line = line();
        return switch (type) {
            case '+', ',', '(' -> line;
            case '-' -> new RedisError(line);
            case ':' -> Long.valueOf(line);
            case '#' -> line.equals("t");
            case '_' -> null;
            case '$' -> bulk(line);
            case '=' -> bulk(line).substring("txt:".length());
            case '!' -> new RedisError(bulk(line));
            case '*', '~', '>' -> list(Integer.parseInt(line));
            case '%' -> list(2 * Integer.parseInt(line));
            case '|' -> {
                list(2 * Integer.parseInt(line));
                yield value();
            }
            default -> throw new IOException("not RESP: a frame that begins with byte " + type);
        };
    }

    private List<Object> list(int size) throws IOException {
        if (size < 0) {
            return null;
        }
        var values = new ArrayList<>(size);
        for (var i = 0; i < size; i++) {
            values.add(value());
        }
        return values;
    }

    private String bulk(String length) throws IOException {
        var size = Integer.parseInt(length);
        if (size < 0) {
            return null;
        }
        var bytes = new byte[size];
        for (var filled = 0; filled < size; ) {
            requireMore();
            var count = Math.min(size - filled, limit - position);
            System.arraycopy(buffer, position, bytes, filled, count);
            position += count;
            filled += count;
        }
        frame.writeBytes(bytes);
        take();
        take();
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private String line() throws IOException {
        var line = new ByteArrayOutputStream();
        for (var b = take(); b != '\r'; b = take()) {
            line.write(b);
        }
        take();
        return line.toString(StandardCharsets.UTF_8);
    }

    private int take() throws IOException {
        requireMore();
        var b = buffer[position++] & 0xff;
        frame.write(b);
        return b;
    }

    private void requireMore() throws IOException {
        if (peek() < 0) {
            throw new EOFException("the stream ends within a frame, after %d bytes of it".formatted(frame.size()));
        }
    }
}
