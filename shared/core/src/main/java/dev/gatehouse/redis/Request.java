package dev.gatehouse.redis;

import io.lettuce.core.protocol.CommandType;
import java.nio.charset.StandardCharsets;

/**
 * A script's command as Redis takes it, in RESP: an array of texts. Put together in one piece, for the driver's buffer takes
 * that for much less than its parts.
 *
 * @param text the script's digest, or its source
 * @param now {@code ARGV[1]}
 */
record Request(CommandType type, String text, ScriptCall call, String now) {

    byte[] bytes() {
        var bytes = new Bytes(512);
        head(bytes, '*', 4 + call.keys().size() + call.args().size());
        add(bytes, type.name());
        add(bytes, text);
        add(bytes, Integer.toString(call.keys().size()));
        for (var key : call.keys()) {
            add(bytes, key);
        }
        add(bytes, now);
        for (var arg : call.args()) {
            add(bytes, arg);
        }
        return bytes.toArray();
    }

    private static void add(Bytes bytes, String text) {
        add(bytes, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void add(Bytes bytes, byte[] text) {
        head(bytes, '$', text.length);
        bytes.put(text).put('\r').put('\n');
    }

    private static void head(Bytes bytes, char kind, int length) {
        bytes.put(kind).put(Integer.toString(length)).put('\r').put('\n');
    }
}
