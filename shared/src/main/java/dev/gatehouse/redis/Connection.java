package dev.gatehouse.redis;

import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.NestedMultiOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.RedisCommand;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** An open connection and what has been learned on it. */
final class Connection {

    /** So many timeouts with no answer between them, and the connection is taken for dead. */
    private static final int TIMEOUTS_TO_CLOSE = 3;

    /** Reads each byte as a character, so that none is lost. */
    private static final StringCodec BYTES = new StringCodec(StandardCharsets.ISO_8859_1);

    private final StatefulConnection<String, String> lettuce;
    private final RedisClusterAsyncCommands<String, String> commands;
    private final boolean clustered;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicInteger timeoutsInARow = new AtomicInteger();
    private volatile long lastAnswerNanos = System.nanoTime();
    private volatile long lastAnswerMillis = System.currentTimeMillis();

    private Connection(
            StatefulConnection<String, String> lettuce,
            RedisClusterAsyncCommands<String, String> commands,
            boolean clustered) {
        this.lettuce = lettuce;
        this.commands = commands;
        this.clustered = clustered;
    }

    static Connection toStandalone(StatefulRedisConnection<String, String> lettuce) {
        return new Connection(lettuce, lettuce.async(), false);
    }

    static Connection toCluster(StatefulRedisClusterConnection<String, String> lettuce) {
        return new Connection(lettuce, lettuce.async(), true);
    }

    boolean isOpen() {
        return !closed.get() && lettuce.isOpen();
    }

    /**
     * Whether it was left alone for longer than {@code nanos}. A frozen process's two clocks may tell different stories,
     * so the longer one counts.
     */
    boolean isIdleFor(long nanos) {
        return System.nanoTime() - lastAnswerNanos > nanos
                || System.currentTimeMillis() - lastAnswerMillis > nanos / 1_000_000;
    }

    void answered() {
        if (timeoutsInARow.get() != 0) {
            timeoutsInARow.set(0);
        }
        lastAnswerNanos = System.nanoTime();
        lastAnswerMillis = System.currentTimeMillis();
    }

    /** True when this timeout is the one that shows the connection to be dead. */
    boolean timedOut() {
        return timeoutsInARow.incrementAndGet() == TIMEOUTS_TO_CLOSE;
    }

    /** Closes it, once: the driver complains of a second time. */
    CompletionStage<Void> close() {
        return closed.compareAndSet(false, true) ? lettuce.closeAsync() : CompletableFuture.completedFuture(null);
    }

    RedisClusterAsyncCommands<String, String> commands() {
        return commands;
    }

    /** Writes the calls in their order, each by its script's digest; in one flush, except on a cluster. */
    List<AsyncCommand<String, String, List<Object>>> evalSha(List<ScriptCall> calls, String now) {
        if (calls.size() == 1) {
            var command = command(CommandType.EVALSHA, calls.getFirst().script().sha1(), calls.getFirst(), now);
            lettuce.dispatch(command);
            return List.of(command);
        }
        var batch = new ArrayList<AsyncCommand<String, String, List<Object>>>(calls.size());
        for (var call : calls) {
            batch.add(command(CommandType.EVALSHA, call.script().sha1(), call, now));
        }
        if (clustered) {
            // The driver would wait here for each node's connection, perhaps on the very thread that has to open it.
            batch.forEach(lettuce::dispatch);
        } else {
            lettuce.dispatch(new ArrayList<RedisCommand<String, String, ?>>(batch));
        }
        return batch;
    }

    /** Sends the call with its script's text, which Redis keeps from then on. */
    AsyncCommand<String, String, List<Object>> eval(ScriptCall call, String now) {
        var command = command(CommandType.EVAL, call.script().source(), call, now);
        lettuce.dispatch(command);
        return command;
    }

    private static AsyncCommand<String, String, List<Object>> command(
            CommandType type, String script, ScriptCall call, String now) {
        var args =
                new CommandArgs<>(StringCodec.UTF8).add(script).add(call.keys().size());
        for (var key : call.keys()) {
            args.addKey(key);
        }
        args.add(now);
        for (var arg : call.args()) {
            args.add(arg);
        }
        var texts = call.script().bytesInReplies() ? BYTES : StringCodec.UTF8;
        return new AsyncCommand<>(new Command<>(type, new NestedMultiOutput<>(texts), args));
    }

    boolean isClustered() {
        return clustered;
    }
}
