package dev.gatehouse.redis;

import io.netty.util.Timer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Holds the one connection: opens it when it is wanted, one opening at a time, and the old one is closed before. */
final class ConnectionHolder {

    /** How long a sign of life may take. */
    private static final long PING_MILLIS = 100;

    /** How long a closing may hold up the next opening. */
    private static final long CLOSING_MILLIS = 100;

    private final Connector connector;
    private final Timer timer;
    private final long trustedIdleNanos;
    private volatile @Nullable Connection connection;
    private @Nullable CompletableFuture<Connection> obtaining;
    private boolean closed;

    ConnectionHolder(Connector connector, Timer timer, Duration trustedIdle) {
        this.connector = connector;
        this.timer = timer;
        this.trustedIdleNanos = trustedIdle.toNanos();
    }

    /** The connection, if it is open and can be trusted; else null, and {@link #obtain} is the way. */
    @Nullable
    Connection current() {
        var held = connection;
        return held != null && held.isOpen() && !held.isIdleFor(trustedIdleNanos) ? held : null;
    }

    /** The connection, after whatever it takes to have one. Fails with {@link ConnectFailure}. */
    CompletionStage<Connection> obtain() {
        CompletableFuture<Connection> wanted;
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
            wanted = new CompletableFuture<>();
            obtaining = wanted;
        }
        // Outside the lock: what is completed on the way may run what others have waiting on it.
        var _ = CompletableFuture.<@Nullable Void>completedFuture(null)
                .thenCompose(_ -> signOfLife())
                .thenCompose(this::keepOrOpen)
                .whenComplete((opened, thrown) -> arrive(wanted, opened, thrown));
        return wanted;
    }

    /** The connection held, if it lives after its silence; null otherwise. */
    private CompletableFuture<@Nullable Connection> signOfLife() {
        var held = connection;
        var sign = new CompletableFuture<@Nullable Connection>();
        if (held == null || !held.isOpen()) {
            sign.complete(null);
            return sign;
        }
        timer.newTimeout(_ -> sign.complete(null), PING_MILLIS, TimeUnit.MILLISECONDS);
        held.commands().ping().whenComplete((_, thrown) -> sign.complete(thrown == null ? held : null));
        return sign;
    }

    private CompletionStage<Connection> keepOrOpen(@Nullable Connection living) {
        if (living != null) {
            living.answered();
            return CompletableFuture.completedFuture(living);
        }
        var old = connection;
        connection = null;
        return old == null ? connector.open() : closed(old).thenCompose(_ -> connector.open());
    }

    private static CompletionStage<Void> closed(Connection old) {
        return old.close()
                .exceptionally(_ -> null)
                .toCompletableFuture()
                .completeOnTimeout(null, CLOSING_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void arrive(CompletableFuture<Connection> wanted, @Nullable Connection opened, @Nullable Throwable thrown) {
        var tooLate = false;
        synchronized (this) {
            obtaining = null;
            tooLate = closed;
            if (!tooLate) {
                connection = opened;
            }
        }
        if (opened != null && !tooLate) {
            wanted.complete(opened);
            return;
        }
        if (opened != null) {
            opened.close();
        }
        var cause = thrown instanceof CompletionException wrapped ? wrapped.getCause() : thrown;
        wanted.completeExceptionally(
                ConnectFailure.because(cause == null ? new ConnectFailure("the link is closed", true) : cause));
    }

    /** Closes {@code bad}, so that the next who asks gets another. */
    void discard(Connection bad) {
        bad.close();
    }

    void close() {
        synchronized (this) {
            closed = true;
            connection = null;
        }
        connector.close();
    }
}
