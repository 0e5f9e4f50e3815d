// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.lambda;

import dev.gatehouse.realtime.lambda.ManagementApi.PostOutcome;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.Jitter;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The posts of one invocation: in order for each WebSocket, in parallel for several, up to {@value #MAX_CONCURRENT} at once.
 * Throttled and failed ones are retried until the end, with exponential backoff and full jitter. After a message that did not
 * arrive, a WebSocket gets no other: it would miss one without notice.
 */
final class ConnectionPosts {

    static final int MAX_CONCURRENT = 50;

    /** The time after which a request without a response gives its place to another. */
    static final Duration TIMEOUT = Duration.ofSeconds(2);

    private static final int MAX_ATTEMPTS = 6;
    private static final long FIRST_PAUSE_MILLIS = 50;

    private static final Executor THREADS =
            task -> Thread.ofVirtual().name("gatehouse-post").start(task);

    private final ManagementApi api;
    private final String endpoint;
    private final Deadline end;
    private final Semaphore places = new Semaphore(MAX_CONCURRENT);
    private final Map<String, CompletableFuture<PostOutcome>> last = new HashMap<>();

    /** @param end the end of all posts */
    ConnectionPosts(ManagementApi api, String endpoint, Deadline end) {
        this.api = api;
        this.endpoint = endpoint;
        this.end = end;
    }

    /** Posts a message after those before. The stage never completes exceptionally. */
    synchronized CompletableFuture<PostOutcome> post(String connectionId, String message) {
        var before = last.getOrDefault(connectionId, CompletableFuture.completedFuture(PostOutcome.SENT));
        var post = before.thenApplyAsync(
                outcome -> outcome == PostOutcome.SENT ? sent(connectionId, message) : outcome, THREADS);
        last.put(connectionId, post);
        return post;
    }

    private PostOutcome sent(String connectionId, String message) {
        try {
            for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
                if (attempt > 0) {
                    pause(attempt);
                }
                var outcome = attempt(connectionId, message);
                if (outcome != PostOutcome.RETRYABLE) {
                    return outcome;
                }
            }
            return PostOutcome.FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return PostOutcome.FAILED;
        }
    }

    private PostOutcome attempt(String connectionId, String message) throws InterruptedException {
        if (!places.tryAcquire(end.remainingNanos(), TimeUnit.NANOSECONDS)) {
            return PostOutcome.FAILED;
        }
        try {
            long nanos = Math.min(end.remainingNanos(), TIMEOUT.toNanos());
            return nanos <= 0 ? PostOutcome.FAILED : api.post(endpoint, connectionId, message, Duration.ofNanos(nanos));
        } finally {
            places.release();
        }
    }

    /** Waits without a place, up to the end. */
    private void pause(int attempt) throws InterruptedException {
        long most = TimeUnit.MILLISECONDS.toNanos(FIRST_PAUSE_MILLIS << attempt);
        TimeUnit.NANOSECONDS.sleep(Math.min(Jitter.between(0, most), end.remainingNanos()));
    }
}
