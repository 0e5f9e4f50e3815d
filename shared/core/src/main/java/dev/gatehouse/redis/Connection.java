package dev.gatehouse.redis;

import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.protocol.RedisCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** An open connection and what has been learned on it. */
final class Connection {

    /** So many timeouts with no answer between them, and the connection is taken for dead. */
    private static final int TIMEOUTS_TO_CLOSE = 3;

    private final StatefulConnection<String, String> lettuce;
    private final Supplier<RedisClusterAsyncCommands<String, String>> commands;
    private final boolean clustered;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicInteger timeoutsInARow = new AtomicInteger();
    private volatile long lastAnswerNanos = System.nanoTime();
    private volatile long lastAnswerMillis = System.currentTimeMillis();

    private Connection(
            StatefulConnection<String, String> lettuce,
            Supplier<RedisClusterAsyncCommands<String, String>> commands,
            boolean clustered) {
        this.lettuce = lettuce;
        this.commands = commands;
        this.clustered = clustered;
    }

    static Connection toStandalone(StatefulRedisConnection<String, String> lettuce) {
        return new Connection(lettuce, lettuce::async, false);
    }

    static Connection toCluster(StatefulRedisClusterConnection<String, String> lettuce) {
        return new Connection(lettuce, lettuce::async, true);
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
        return commands.get();
    }

    void send(ScriptCommand command) {
        lettuce.dispatch(command);
    }

    /** Writes the commands in their order; in one flush, except on a cluster. */
    void send(List<ScriptCommand> batch) {
        if (clustered) {
            // The driver would wait here for each node's connection, perhaps on the very thread that has to open it.
            batch.forEach(lettuce::dispatch);
        } else {
            lettuce.dispatch(new ArrayList<RedisCommand<String, String, ?>>(batch));
        }
    }

    boolean isClustered() {
        return clustered;
    }
}
