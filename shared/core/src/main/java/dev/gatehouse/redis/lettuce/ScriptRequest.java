package dev.gatehouse.redis.lettuce;

import dev.gatehouse.codec.ByteBuilder;
import io.lettuce.core.protocol.CommandType;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * An EVAL or EVALSHA command in RESP. It is encoded into one array, because writing its parts to Netty's buffer one by one
 * takes several times as long.
 *
 * @param script the SHA-1 digest or the source
 * @param now {@code ARGV[1]}
 * @param args {@code ARGV[2]} onward
 */
record ScriptRequest(CommandType type, String script, List<String> keys, String now, List<byte[]> args) {

    byte[] encode() {
        var bytes = new ByteBuilder(512);
        header(bytes, '*', 4 + keys.size() + args.size());
        add(bytes, type.name());
        add(bytes, script);
        add(bytes, Integer.toString(keys.size()));
        for (var key : keys) {
            add(bytes, key);
        }
        add(bytes, now);
        for (var arg : args) {
            add(bytes, arg);
        }
        return bytes.toArray();
    }

    private static void add(ByteBuilder bytes, String text) {
        add(bytes, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void add(ByteBuilder bytes, byte[] text) {
        header(bytes, '$', text.length);
        bytes.put(text).put('\r').put('\n');
    }

    private static void header(ByteBuilder bytes, char kind, int length) {
        bytes.put(kind).put(Integer.toString(length)).put('\r').put('\n');
    }
}
