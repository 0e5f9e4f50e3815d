// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis;

import dev.gatehouse.redis.lettuce.ConnectFailure;
import dev.gatehouse.redis.lettuce.DeadlineTimer;
import dev.gatehouse.redis.lettuce.LettuceConnector;
import dev.gatehouse.redis.lettuce.RedisConnection;
import dev.gatehouse.redis.sentinel.SentinelReport;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Holds the connection. Opens one at a time, after closing the previous one. */
final class ConnectionHolder {

    /** The maximum time for the reply to a {@code PING} on an idle connection. */
    private static final long PING_MILLIS = 100;

    /** The maximum time that closing the old connection may delay the next. */
    private static final long CLOSING_MILLIS = 100;

    private final LettuceConnector connector;
    private final DeadlineTimer timer;
    private final long trustedIdleNanos;
    private volatile @Nullable RedisConnection connection;
    private @Nullable CompletableFuture<RedisConnection> obtaining;
    private boolean closed;

    ConnectionHolder(LettuceConnector connector, DeadlineTimer timer, Duration trustedIdle) {
        this.connector = connector;
        this.timer = timer;
        this.trustedIdleNanos = trustedIdle.toNanos();
    }

    /** Returns the connection if it is open and was not idle too long; otherwise null. */
    @Nullable
    RedisConnection current() {
        var held = connection;
        return held != null && held.isOpen() && !held.isIdleFor(trustedIdleNanos) ? held : null;
    }

    /** Returns the connection, after a {@code PING} or reopening if needed. The stage fails with {@link ConnectFailure}. */
    CompletionStage<RedisConnection> obtain() {
        CompletableFuture<RedisConnection> result;
        synchronized (this) {
            if (closed) {
                return CompletableFuture.failedFuture(new ConnectFailure("the link is closed", true));
            }
            var usable = current();
            if (usable != null) {
                return CompletableFuture.completedFuture(usable);
            }
            if (obtaining != null) {
                return obtaining;
            }
            result = new CompletableFuture<>();
            obtaining = result;
        }
        // Outside the lock: completing a stage runs its callbacks.
        var _ = CompletableFuture.<@Nullable Void>completedFuture(null)
                .thenCompose(_ -> probe())
                .thenCompose(this::keepOrOpen)
                .whenComplete((opened, thrown) -> complete(result, opened, thrown));
        return result;
    }

    /** Completes with the held connection if it replies to a {@code PING}; otherwise with null. */
    private CompletableFuture<@Nullable RedisConnection> probe() {
        var held = connection;
        var reply = new CompletableFuture<@Nullable RedisConnection>();
        if (held == null || !held.isOpen()) {
            reply.complete(null);
            return reply;
        }
        timer.schedule(() -> reply.complete(null), TimeUnit.MILLISECONDS.toNanos(PING_MILLIS));
        held.commands().ping().whenComplete((_, thrown) -> reply.complete(thrown == null ? held : null));
        return reply;
    }

    private CompletionStage<RedisConnection> keepOrOpen(@Nullable RedisConnection responsive) {
        if (responsive != null) {
            responsive.recordReply();
            return CompletableFuture.completedFuture(responsive);
        }
        var old = connection;
        connection = null;
        return old == null ? connector.open() : closed(old).thenCompose(_ -> connector.open());
    }

    private static CompletionStage<Void> closed(RedisConnection old) {
        return old.close()
                .exceptionally(_ -> null)
                .toCompletableFuture()
                .completeOnTimeout(null, CLOSING_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void complete(
            CompletableFuture<RedisConnection> result, @Nullable RedisConnection opened, @Nullable Throwable thrown) {
        var tooLate = false;
        synchronized (this) {
            obtaining = null;
            tooLate = closed;
            if (!tooLate) {
                connection = opened;
            }
        }
        if (opened != null && !tooLate) {
            result.complete(opened);
            return;
        }
        if (opened != null) {
            opened.close();
        }
        var cause = thrown instanceof CompletionException wrapped ? wrapped.getCause() : thrown;
        result.completeExceptionally(
                ConnectFailure.of(cause == null ? new ConnectFailure("the link is closed", true) : cause));
    }

    CompletionStage<@Nullable SentinelReport> querySentinels() {
        return connector.querySentinels().<@Nullable SentinelReport>handle((report, _) -> report);
    }

    void close() {
        synchronized (this) {
            closed = true;
            connection = null;
        }
        connector.close();
    }
}
