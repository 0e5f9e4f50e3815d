package dev.gatehouse.redis;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The bytes by which a script is asked for: an array of bulk strings, as the Redis serialization protocol has it. */
final class Request {

    private byte[] bytes = new byte[256];
    private int size;

    private Request() {}

    /**
     * Puts one together.
     *
     * @param command {@code EVALSHA} or {@code EVAL}
     * @param script its digest or its text
     */
    static byte[] of(String command, String script, ScriptCall call, String now) {
        var request = new Request();
        request.header('*', 4 + call.keys().size() + call.args().size());
        request.text(command);
        request.text(script);
        request.text(Integer.toString(call.keys().size()));
        for (var key : call.keys()) {
            request.text(key);
        }
        request.text(now);
        for (var arg : call.args()) {
            request.bulk(arg);
        }
        return Arrays.copyOf(request.bytes, request.size);
    }

    private void text(String text) {
        bulk(text.getBytes(StandardCharsets.UTF_8));
    }

    private void bulk(byte[] bulk) {
        header('$', bulk.length);
        room(bulk.length + 2);
        System.arraycopy(bulk, 0, bytes, size, bulk.length);
        size += bulk.length;
        endLine();
    }

    private void header(char kind, int length) {
        room(13);
        bytes[size++] = (byte) kind;
        int digits = 1;
        for (int rest = length / 10; rest > 0; rest /= 10) {
            digits++;
        }
        int rest = length;
        for (int at = size + digits - 1; at >= size; at--) {
            bytes[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        size += digits;
        endLine();
    }

    private void endLine() {
        bytes[size++] = '\r';
        bytes[size++] = '\n';
    }

    private void room(int more) {
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
        }
    }
}
