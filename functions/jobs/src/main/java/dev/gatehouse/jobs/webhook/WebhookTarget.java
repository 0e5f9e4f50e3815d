package dev.gatehouse.jobs.webhook;

import dev.gatehouse.codec.Sha256;
import dev.gatehouse.jobs.DueTime;
import dev.gatehouse.jobs.QueueName;
import dev.gatehouse.jobs.TakenJob;
import dev.gatehouse.jobs.drain.JobResult;
import dev.gatehouse.redis.MicroClock;
import dev.gatehouse.web.json.JsonObject;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Posts jobs to a URL, signed as <a href="https://www.standardwebhooks.com">Standard Webhooks</a> define it.
 *
 * <p>The body is a JSON object with {@code queue}, {@code id}, {@code group}, {@code attempt}, {@code enqueuedAt} and {@code
 * payload}, the latter byte for byte. {@code webhook-id} is the same for each attempt of a job, and that of no other job;
 * {@code webhook-timestamp} has seconds since 1970; {@code webhook-signature} has {@code v1,} and the Base64 of the HMAC-SHA256
 * over id, time and body with dots between them.
 *
 * <p>A status of 2xx means that the job is done, 410 that it never will be. Any other one, no reply in time, a broken or an overlong
 * one is a failure. With 429 and 503 the target may set {@code Retry-After}, in seconds. Redirects are not followed.
 *
 * <p>Holds connections until it is closed. Not to be kept while its process is frozen: the connections would be stale.
 */
public final class WebhookTarget implements AutoCloseable {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

    /** The bound on the body of a reply, which is not used. */
    private static final int MAX_REPLY_BYTES = 64 * 1024;

    private static final int ID_LENGTH = 22;

    private final URI url;
    private final WebhookSecret secret;
    private final InstantSource clock;
    private @Nullable HttpClient client;

    /**
     * Creates a target. Opens no connection.
     *
     * @param url an absolute URL of http or https
     * @param clock the time of the signatures
     */
    public WebhookTarget(URI url, WebhookSecret secret, InstantSource clock) {
        this.url = url;
        this.secret = secret;
        this.clock = clock;
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
     * Delivers a job. Blocks for {@code limit} at most. After a failure the target may have done the job.
     *
     * @return the failure, with a reason that contains neither the URL nor the content of the reply, or that the job is done
     */
    public JobResult deliver(QueueName queue, TakenJob job, Duration limit) {
        var exchange = client().sendAsync(
                        request(queue, job, limit), BodyHandlers.limiting(BodyHandlers.discarding(), MAX_REPLY_BYTES));
        try {
            // The timeout of the request ends with the headers of the reply.
            return read(exchange.copy()
                    .orTimeout(limit.toNanos(), TimeUnit.NANOSECONDS)
                    .join());
        } catch (CompletionException failure) {
            exchange.cancel(true);
            return JobResult.retry(reason(failure));
        }
    }

    private HttpRequest request(QueueName queue, TakenJob job, Duration limit) {
        var id = messageId(queue, job);
        var body = body(queue, job).getBytes(StandardCharsets.UTF_8);
        long seconds = clock.instant().getEpochSecond();
        return HttpRequest.newBuilder(url)
                .timeout(limit)
                .header("Content-Type", "application/json")
                .header("User-Agent", "Gatehouse")
                .header("webhook-id", id)
                .header("webhook-timestamp", Long.toString(seconds))
                .header("webhook-signature", secret.signatures(id, seconds, body))
                .POST(BodyPublishers.ofByteArray(body))
                .build();
    }

    /** Returns an id that contains no text of the caller, because proxies log headers. */
    private static String messageId(QueueName queue, TakenJob job) {
        var text = queue.name() + " " + job.id() + " " + MicroClock.micros(job.enqueuedAt());
        return "job_"
                + Sha256.base64Url(text.getBytes(StandardCharsets.US_ASCII)).substring(0, ID_LENGTH);
    }

    private static String body(QueueName queue, TakenJob job) {
        return new JsonObject()
                .with("queue", queue.name())
                .with("id", job.id())
                .withJson("group", job.group().map(JsonObject::quoted).orElse("null"))
                .with("attempt", job.attempt())
                .with("enqueuedAt", job.enqueuedAt().toString())
                .withJson("payload", job.payload().json())
                .text();
    }

    private static JobResult read(HttpResponse<Void> response) {
        int status = response.statusCode();
        if (status / 100 == 2) {
            return JobResult.DONE;
        }
        var reason = "the target replied with " + status;
        if (status == 410) {
            return JobResult.dead(reason);
        }
        return new JobResult.Failed(
                status == 429 || status == 503 ? retryAfter(response) : OptionalLong.empty(), false, reason);
    }

    private static OptionalLong retryAfter(HttpResponse<Void> response) {
        return response.headers().firstValue("Retry-After").filter(text -> text.matches("\\d{1,7}")).stream()
                .mapToLong(seconds -> Math.min(Long.parseLong(seconds) * 1000, DueTime.MAX_DELAY_MILLIS))
                .findFirst();
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

    /** Ends deliveries that are not complete. */
    @Override
    public synchronized void close() {
        if (client != null) {
            client.shutdownNow();
        }
    }
}
