package dev.gatehouse.redis.lettuce;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** An EVAL or EVALSHA command that reports its end exactly once. */
public final class ScriptCommand extends Command<String, String, List<Object>> {

    /** Receives the reply or the failure; the other argument is null. */
    public interface Listener extends BiConsumer<@Nullable List<Object>, @Nullable Throwable> {}

    private static final AtomicIntegerFieldUpdater<ScriptCommand> ENDED =
            AtomicIntegerFieldUpdater.newUpdater(ScriptCommand.class, "ended");

    private final ScriptRequest request;
    private final Listener listener;

    @SuppressWarnings("UnusedVariable") // Accessed through ENDED.
    private volatile int ended;

    private ScriptCommand(ScriptRequest request, boolean packed, Listener listener) {
        super(request.type(), new ScriptOutput(packed), null);
        this.request = request;
        this.listener = listener;
    }

    /**
     * Creates a command with the digest of the script.
     *
     * @param packed whether the reply is one text packed by {@code cmsgpack.pack}
     */
    public static ScriptCommand evalSha(
            String sha1, List<String> keys, String now, List<byte[]> args, boolean packed, Listener listener) {
        return new ScriptCommand(new ScriptRequest(CommandType.EVALSHA, sha1, keys, now, args), packed, listener);
    }

    /** Creates a command like {@link #evalSha}, with the source, which Redis caches. */
    public static ScriptCommand eval(
            String source, List<String> keys, String now, List<byte[]> args, boolean packed, Listener listener) {
        return new ScriptCommand(new ScriptRequest(CommandType.EVAL, source, keys, now, args), packed, listener);
    }

    /** Returns the keys, from which the cluster client derives the slot. Standalone connections never call this. */
    @Override
    public CommandArgs<String, String> getArgs() {
        return new CommandArgs<>(StringCodec.UTF8).addKeys(request.keys());
    }

    @Override
    public void encode(ByteBuf out) {
        out.writeBytes(request.encode());
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
        if (ENDED.compareAndSet(this, 0, 1)) {
            listener.accept(reply, thrown);
        }
    }
}
