package dev.gatehouse.redis;

import dev.gatehouse.redis.Unpacked.Malformed;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.CommandOutput;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A script's reply as it arrives: an array of whole numbers, texts and such arrays, in which a missing text is null; or what
 * one text has packed.
 */
final class ScriptOutput extends CommandOutput<String, String, List<Object>> {

    private final Script.Replies texts;
    private final Deque<List<Object>> around = new ArrayDeque<>(0);
    private int depth;

    ScriptOutput(Script.Replies texts) {
        super(StringCodec.UTF8, List.of());
        this.texts = texts;
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
    @SuppressWarnings("NullAway") // As Redis's arrays have it.
    public void set(@Nullable ByteBuffer text) {
        switch (texts) {
            case TEXT -> output.add(text == null ? null : decoded(text, StandardCharsets.UTF_8));
            case BYTES -> output.add(text == null ? null : decoded(text, StandardCharsets.ISO_8859_1));
            case PACKED -> setPacked(text);
        }
    }

    private static String decoded(ByteBuffer text, Charset charset) {
        return new String(bytes(text), charset);
    }

    private static byte[] bytes(ByteBuffer text) {
        var bytes = new byte[text.remaining()];
        text.get(bytes);
        return bytes;
    }

    private void setPacked(@Nullable ByteBuffer text) {
        try {
            var values = text == null ? List.<Object>of() : new Unpacked(bytes(text)).rest();
            if (depth == 0) {
                output = values;
            } else {
                output.add(values);
            }
        } catch (Malformed e) {
            setError("UNREADABLE reply");
        }
    }

    /** Nothing of it: the driver logs its commands at DEBUG, and what scripts reply is their callers' own. */
    @Override
    public String toString() {
        return "ScriptOutput[…]";
    }
}
