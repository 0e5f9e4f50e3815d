// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.lettuce;

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

/** An open connection, with what its replies have shown about the Redis behind it. */
public final class RedisConnection {

    private static final int TIMEOUTS_TO_CLOSE = 3;

    private final StatefulConnection<String, String> lettuce;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicInteger consecutiveTimeouts = new AtomicInteger();
    private volatile boolean timeRejected;
    private volatile long lastReplyNanos = System.nanoTime();
    private volatile long lastReplyMillis = System.currentTimeMillis();

    RedisConnection(StatefulConnection<String, String> lettuce) {
        this.lettuce = lettuce;
    }

    public boolean isOpen() {
        return !closed.get() && lettuce.isOpen();
    }

    public boolean isClustered() {
        return lettuce instanceof StatefulRedisClusterConnection;
    }

    /**
     * Returns whether the last reply is older than {@code nanos} by the monotonic or the wall clock. The monotonic clock
     * may stop while a process is frozen.
     */
    public boolean isIdleFor(long nanos) {
        return System.nanoTime() - lastReplyNanos > nanos
                || System.currentTimeMillis() - lastReplyMillis > nanos / 1_000_000;
    }

    public void recordReply() {
        if (consecutiveTimeouts.get() != 0) {
            consecutiveTimeouts.set(0);
        }
        lastReplyNanos = System.nanoTime();
        lastReplyMillis = System.currentTimeMillis();
    }

    /** Records a timeout. Returns whether it is the third in a row, after which the connection is considered dead. */
    public boolean recordTimeout() {
        return consecutiveTimeouts.incrementAndGet() == TIMEOUTS_TO_CLOSE;
    }

    /** Records that Redis rejects {@code TIME} in scripts. */
    public void recordTimeRejected() {
        timeRejected = true;
    }

    public boolean rejectsTime() {
        return timeRejected;
    }

    /** Closes the connection. Repeated calls have no effect: Lettuce would log a warning. */
    public CompletionStage<Void> close() {
        return closed.compareAndSet(false, true) ? lettuce.closeAsync() : CompletableFuture.completedFuture(null);
    }

    public RedisClusterAsyncCommands<String, String> commands() {
        return lettuce instanceof StatefulRedisClusterConnection<String, String> cluster
                ? cluster.async()
                : ((StatefulRedisConnection<String, String>) lettuce).async();
    }

    public void send(ScriptCommand command) {
        lettuce.dispatch(command);
    }

    /** Writes the commands in order, in one flush except on a cluster. */
    public void send(List<ScriptCommand> batch) {
        if (isClustered()) {
            // For a batch Lettuce blocks until each node's connection is open, perhaps on the thread that opens it.
            batch.forEach(lettuce::dispatch);
        } else {
            lettuce.dispatch(new ArrayList<RedisCommand<String, String, ?>>(batch));
        }
    }
}
