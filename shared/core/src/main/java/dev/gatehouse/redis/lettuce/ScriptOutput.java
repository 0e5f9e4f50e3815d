package dev.gatehouse.redis.lettuce;

import dev.gatehouse.codec.MessagePackReader;
import dev.gatehouse.codec.MessagePackReader.Malformed;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.CommandOutput;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decodes a script's reply: an array of whole numbers, texts and arrays, or one packed text with several values. A missing
 * text is null.
 */
final class ScriptOutput extends CommandOutput<String, String, List<Object>> {

    private final boolean packed;
    private final Deque<List<Object>> around = new ArrayDeque<>(0);
    private int depth;

    /** @param packed whether the reply is one packed text */
    ScriptOutput(boolean packed) {
        super(StringCodec.UTF8, List.of());
        this.packed = packed;
    }

    @Override
    public void multi(int count) {
        var array = new ArrayList<Object>(Math.max(count, 0));
        if (depth > 0) {
            output.add(array);
            around.push(output);
        }
        depth++;
        output = array;
    }

    @Override
    public void complete(int depthLeft) {
        if (depthLeft > 0 && depthLeft < depth) {
            output = around.pop();
            depth--;
        }
    }

    @Override
    public void set(long integer) {
        output.add(integer);
    }

    @Override
    @SuppressWarnings("NullAway") // Arrays of Redis may contain null.
    public void set(@Nullable ByteBuffer text) {
        if (packed && depth == 0) {
            unpack(text);
        } else {
            output.add(text == null ? null : new String(bytes(text), StandardCharsets.UTF_8));
        }
    }

    private void unpack(@Nullable ByteBuffer text) {
        try {
            output = text == null ? List.of() : new MessagePackReader(bytes(text)).rest();
        } catch (Malformed e) {
            setError("UNREADABLE reply");
        }
    }

    private static byte[] bytes(ByteBuffer text) {
        var bytes = new byte[text.remaining()];
        text.get(bytes);
        return bytes;
    }

    /** Hides the reply: Lettuce logs its commands at DEBUG. */
    @Override
    public String toString() {
        return "ScriptOutput[…]";
    }
}
