// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.delivery;

import dev.gatehouse.codec.Sha256;
import dev.gatehouse.jobs.DueTime;
import dev.gatehouse.jobs.QueueName;
import dev.gatehouse.jobs.TakenJob;
import dev.gatehouse.jobs.drain.JobResult;
import dev.gatehouse.redis.MicroClock;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.OptionalLong;

/**
 * Posts jobs to a URL, signed as <a href="https://www.standardwebhooks.com">Standard Webhooks</a> define it.
 *
 * <p>The body is the object of {@link JobMessage}. {@code webhook-id} is the same for each attempt of a job, and that of no other job;
 * {@code webhook-timestamp} has seconds since 1970; {@code webhook-signature} has {@code v1,} and the Base64 of the HMAC-SHA256
 * over id, time and body with dots between them.
 *
 * <p>A status of 2xx means that the job is done, 410 that it never will be. Any other one, no reply in time, a broken or an overlong
 * one is a failure. With 429 and 503 the target may set {@code Retry-After}, in seconds. Redirects are not followed.
 */
final class WebhookTarget implements JobTarget {

    /** The bound on the body of a reply, which is not used. */
    private static final int MAX_REPLY_BYTES = 64 * 1024;

    private static final int ID_LENGTH = 22;

    private final URI url;
    private final WebhookSecret secret;
    private final InstantSource clock;
    private final TargetClient client = new TargetClient(MAX_REPLY_BYTES);

    /**
     * Creates a target. Opens no connection.
     *
     * @param url an absolute URL of http or https
     * @param clock the time of the signatures
     */
    WebhookTarget(URI url, WebhookSecret secret, InstantSource clock) {
        this.url = url;
        this.secret = secret;
        this.clock = clock;
    }

    @Override
    public JobResult deliver(QueueName queue, TakenJob job, Duration limit) {
        return client.send(request(queue, job, limit), limit, WebhookTarget::read);
    }

    private HttpRequest request(QueueName queue, TakenJob job, Duration limit) {
        var id = messageId(queue, job);
        var body = JobMessage.of(queue, job);
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

    @Override
    public void close() {
        client.close();
    }
}
