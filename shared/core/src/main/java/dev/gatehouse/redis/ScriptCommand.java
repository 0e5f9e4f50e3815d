package dev.gatehouse.redis;

import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.internal.ExceptionFactory;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A script on its way to Redis, which tells its end once: the reply, or why there is none. */
final class ScriptCommand extends Command<String, String, List<Object>> {

    /** Who hears of the end; either argument is null. */
    interface Listener extends BiConsumer<@Nullable List<Object>, @Nullable Throwable> {}

    private static final AtomicIntegerFieldUpdater<ScriptCommand> ENDED =
            AtomicIntegerFieldUpdater.newUpdater(ScriptCommand.class, "ended");

    private final Request request;
    private final Listener listener;

    @SuppressWarnings("UnusedVariable") // By ENDED.
    private volatile int ended;

    private ScriptCommand(CommandType type, ScriptCall call, String text, String now, Listener listener) {
        super(type, new ScriptOutput(call.script().packs()), null);
        this.request = new Request(type, text, call, now);
        this.listener = listener;
    }

    /** The script by its digest. */
    static ScriptCommand evalSha(ScriptCall call, String now, Listener listener) {
        return new ScriptCommand(CommandType.EVALSHA, call, call.script().sha1(), now, listener);
    }

    /** The script with its text, which Redis keeps from then on. */
    static ScriptCommand eval(ScriptCall call, String now, Listener listener) {
        return new ScriptCommand(CommandType.EVAL, call, call.script().source(), now, listener);
    }

    /** Only a cluster asks: it looks for a key, to find out where to send this. */
    @Override
    public CommandArgs<String, String> getArgs() {
        return new CommandArgs<>(StringCodec.UTF8).addKeys(request.call().keys());
    }

    @Override
    public void encode(ByteBuf out) {
        out.writeBytes(request.bytes());
    }

    @Override
    public void complete() {
        super.complete();
        if (output.hasError()) {
            end(null, ExceptionFactory.createExecutionException(output.getError()));
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
