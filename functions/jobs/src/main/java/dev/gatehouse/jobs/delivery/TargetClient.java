// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.delivery;

import dev.gatehouse.jobs.drain.JobResult;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Sends the requests of a target, without following redirects. Holds connections until it is closed. */
final class TargetClient implements AutoCloseable {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

    private final int maxReplyBytes;
    private @Nullable HttpClient client;

    /** @param maxReplyBytes the bound on the body of a reply, which is not used */
    TargetClient(int maxReplyBytes) {
        this.maxReplyBytes = maxReplyBytes;
    }

    /** Returns the client, created by the first delivery: a drain without jobs needs none. */
    private synchronized HttpClient client() {
        var present = client;
        if (present == null) {
            present = HttpClient.newBuilder()
                    .version(Version.HTTP_1_1)
                    .followRedirects(Redirect.NEVER)
                    .connectTimeout(CONNECT_TIMEOUT)
                    .build();
            client = present;
        }
        return present;
    }

    /**
     * Sends a request. Blocks for {@code limit} at most.
     *
     * @param reader returns the result by status and headers; called once the reply is complete
     * @return that result, or a failure that is retried
     */
    JobResult send(HttpRequest request, Duration limit, Function<HttpResponse<Void>, JobResult> reader) {
        var exchange = client().sendAsync(request, BodyHandlers.limiting(BodyHandlers.discarding(), maxReplyBytes));
        try {
            // The timeout of the request ends with the headers of the reply.
            return reader.apply(exchange.copy()
                    .orTimeout(limit.toNanos(), TimeUnit.NANOSECONDS)
                    .join());
        } catch (CompletionException failure) {
            exchange.cancel(true);
            return JobResult.retry(reason(failure));
        }
    }

    /** Describes the failure without its message, which may quote the request or the reply. */
    private static String reason(CompletionException failure) {
        return switch (failure.getCause()) {
            case TimeoutException _, HttpTimeoutException _ -> "the target did not reply in time";
            case ConnectException _ -> "the target cannot be reached";
            case SSLException _ -> "the target failed in TLS";
            case null, default -> "the target sent no valid reply";
        };
    }

    /** Ends requests that are not complete. */
    @Override
    public synchronized void close() {
        if (client != null) {
            client.shutdownNow();
        }
    }
}
