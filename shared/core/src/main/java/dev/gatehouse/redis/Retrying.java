package dev.gatehouse.redis;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Tries again to open a connection that could not be had, up to {@value #MOST_RETRIES} times, each time after a pause at
 * random that may be three times as long. Only the opening is retried; a command never is.
 */
record Retrying(Connector connector) implements Connector {

    private static final int MOST_RETRIES = 2;
    private static final long FIRST_PAUSE_MILLIS = 40;

    @Override
    public CompletionStage<Connection> open() {
        return open(0, FIRST_PAUSE_MILLIS);
    }

    private CompletionStage<Connection> open(int retries, long longestPauseMillis) {
        var opening = attempt();
        if (retries == MOST_RETRIES) {
            return opening;
        }
        return opening.exceptionallyCompose(thrown -> isLasting(thrown)
                ? CompletableFuture.failedStage(thrown)
                : after(longestPauseMillis).thenCompose(_ -> open(retries + 1, 3 * longestPauseMillis)));
    }

    private CompletionStage<Connection> attempt() {
        try {
            return connector.open();
        } catch (RuntimeException | Error e) {
            // Thrown in a retry, it would be heard by nobody, and the opening never end.
            return CompletableFuture.failedStage(e);
        }
    }

    /** A wrong password does not become right by trying it again. */
    private static boolean isLasting(Throwable thrown) {
        var cause = thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        return cause instanceof ConnectFailure cannot && cannot.isLasting();
    }

    private static CompletionStage<?> after(long longestMillis) {
        var millis = Chance.between(0, longestMillis);
        return CompletableFuture.runAsync(
                () -> {}, CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS, Runnable::run));
    }

    @Override
    public void close() {
        connector.close();
    }
}
