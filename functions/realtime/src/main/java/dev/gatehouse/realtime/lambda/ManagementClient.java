// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.lambda;

import dev.gatehouse.redis.aws.AwsFailure;
import dev.gatehouse.redis.aws.AwsIdentity;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client of the management API, with requests signed by the function's identity. Uses the JDK's client: it needs no jar, sends
 * many requests over one connection where the server has HTTP/2, and is created when first needed, since a snapshot should hold
 * none.
 */
final class ManagementClient implements ManagementApi, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ManagementClient.class);
    private static final Duration CONNECT = Duration.ofSeconds(1);

    private final AwsIdentity identity;
    private final String region;
    private @Nullable HttpClient client;

    /** @param region the region of the API */
    ManagementClient(AwsIdentity identity, String region) {
        this.identity = identity;
        this.region = region;
    }

    @Override
    public void prepare() {
        try {
            identity.refresh();
        } catch (AwsFailure e) {
            LOG.warn("WebSockets get no messages: {}", e.getMessage());
        }
    }

    @Override
    public PostOutcome post(String endpoint, String connectionId, String message, Duration timeout)
            throws InterruptedException {
        HttpRequest request;
        try {
            request = request(endpoint, connectionId, message.getBytes(StandardCharsets.UTF_8), timeout);
        } catch (AwsFailure _) {
            // Logged by prepare.
            return PostOutcome.FAILED;
        }
        var response = client().sendAsync(request, BodyHandlers.discarding());
        try {
            // The timeout of the request ends with the headers of the response.
            return outcome(response.get(timeout.toNanos(), TimeUnit.NANOSECONDS).statusCode());
        } catch (TimeoutException | CancellationException _) {
            return PostOutcome.FAILED;
        } catch (ExecutionException e) {
            return outcome(e.getCause());
        } finally {
            response.cancel(true);
        }
    }

    private HttpRequest request(String endpoint, String connectionId, byte[] body, Duration timeout) {
        var uri =
                URI.create(endpoint + "/%40connections/" + URLEncoder.encode(connectionId, StandardCharsets.US_ASCII));
        var headers = Map.of("Content-Type", "application/json");
        var request = HttpRequest.newBuilder(uri).timeout(timeout).POST(BodyPublishers.ofByteArray(body));
        headers.forEach(request::header);
        identity.signed(region, "execute-api", "POST", uri, headers, body, Instant.now())
                .forEach(request::header);
        return request.build();
    }

    private static PostOutcome outcome(int status) {
        if (status < 300) {
            return PostOutcome.SENT;
        }
        if (status == 410) {
            return PostOutcome.GONE;
        }
        boolean retryable = status == 429 || status >= 500;
        if (!retryable) {
            LOG.warn("API Gateway rejected a message to a WebSocket with status {}", status);
        }
        return retryable ? PostOutcome.RETRYABLE : PostOutcome.FAILED;
    }

    /**
     * A request that timed out may have arrived. So may one whose connection was lost; but a connection that was closed while the
     * process was frozen is the usual reason, and clients recognize an event that comes twice.
     */
    private static PostOutcome outcome(@Nullable Throwable failure) {
        boolean isTimeout =
                failure instanceof HttpTimeoutException && !(failure instanceof HttpConnectTimeoutException);
        if (!isTimeout && !(failure instanceof ConnectException)) {
            // Without the exception's message, which may quote the request.
            LOG.debug(
                    "A message to a WebSocket had no response: {}",
                    failure == null ? "" : failure.getClass().getSimpleName());
        }
        return isTimeout ? PostOutcome.FAILED : PostOutcome.RETRYABLE;
    }

    private synchronized HttpClient client() {
        if (client == null) {
            client = HttpClient.newBuilder().connectTimeout(CONNECT).build();
        }
        return client;
    }

    @Override
    public synchronized void close() {
        if (client != null) {
            client.shutdownNow();
        }
    }
}
