// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.lettuce;

import dev.gatehouse.codec.ByteBuilder;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** An EVAL or EVALSHA command that reports its end exactly once. */
public final class ScriptCommand extends Command<String, String, List<Object>> {

    /** Receives the reply or the failure; the other argument is null. */
    public interface Listener extends BiConsumer<@Nullable List<Object>, @Nullable Throwable> {}

    private final String script;
    private final List<String> keys;
    private final String now;
    private final List<byte[]> arguments;
    private final Listener listener;
    private final AtomicBoolean ended = new AtomicBoolean();

    private ScriptCommand(
            CommandType type,
            String script,
            List<String> keys,
            String now,
            List<byte[]> args,
            boolean packed,
            Listener listener) {
        super(type, new ScriptOutput(packed), null);
        this.script = script;
        this.keys = keys;
        this.now = now;
        this.arguments = args;
        this.listener = listener;
    }

    /**
     * Creates a command with the digest of the script.
     *
     * @param now {@code ARGV[1]}
     * @param args {@code ARGV[2]} onward
     * @param packed whether the reply is one text packed by {@code cmsgpack.pack}
     */
    public static ScriptCommand evalSha(
            String sha1, List<String> keys, String now, List<byte[]> args, boolean packed, Listener listener) {
        return new ScriptCommand(CommandType.EVALSHA, sha1, keys, now, args, packed, listener);
    }

    /** Creates a command like {@link #evalSha}, with the source, which Redis caches. */
    public static ScriptCommand eval(
            String source, List<String> keys, String now, List<byte[]> args, boolean packed, Listener listener) {
        return new ScriptCommand(CommandType.EVAL, source, keys, now, args, packed, listener);
    }

    /** Returns the keys, from which the cluster client derives the slot. Standalone connections never call this. */
    @Override
    public CommandArgs<String, String> getArgs() {
        return new CommandArgs<>(StringCodec.UTF8).addKeys(keys);
    }

    /** Encodes the command into one array: writing its parts to Netty's buffer one by one takes several times as long. */
    @Override
    public void encode(ByteBuf out) {
        var bytes = new ByteBuilder(512);
        header(bytes, '*', 4 + keys.size() + arguments.size());
        add(bytes, getType().toString());
        add(bytes, script);
        add(bytes, Integer.toString(keys.size()));
        for (var key : keys) {
            add(bytes, key);
        }
        add(bytes, now);
        for (var arg : arguments) {
            add(bytes, arg);
        }
        out.writeBytes(bytes.toArray());
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

    @Override
    public void complete() {
        super.complete();
        if (output.hasError()) {
            var error = output.getError();
            end(
                    null,
                    error.startsWith("NOSCRIPT")
                            ? new RedisNoScriptException(error)
                            : new RedisCommandExecutionException(error));
        } else {
            end(output.get(), null);
        }
    }

    @Override
    public boolean completeExceptionally(Throwable thrown) {
        var first = super.completeExceptionally(thrown);
        end(null, thrown);
        return first;
    }

    @Override
    public void cancel() {
        super.cancel();
        end(null, new CancellationException());
    }

    private void end(@Nullable List<Object> reply, @Nullable Throwable thrown) {
        if (ended.compareAndSet(false, true)) {
            listener.accept(reply, thrown);
        }
    }
}
