package dev.gatehouse.redis;

import io.micronaut.retry.annotation.RetryPredicate;
import io.micronaut.retry.annotation.Retryable;
import jakarta.inject.Singleton;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * Tries again to open a connection that could not be had, with exponential backoff and full jitter. Only the opening is
 * retried; a command never is.
 */
@Singleton
class OpeningRetry {

    @Retryable(attempts = "2", delay = "20ms", multiplier = "3", jitter = "1.0", predicate = WorthIt.class)
    CompletionStage<Connection> open(Connector connector) {
        try {
            return connector.open();
        } catch (RuntimeException | Error e) {
            // Thrown in a retry, it would be heard by nobody, and the opening never end.
            return CompletableFuture.failedFuture(e);
        }
    }

    /** A wrong password does not become right by trying it again. */
    static final class WorthIt implements RetryPredicate {

        @Override
        public boolean test(Throwable thrown) {
            var cause = thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
            return !(cause instanceof CannotConnect cannot) || !cannot.isLasting();
        }
    }
}
