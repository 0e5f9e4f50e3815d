// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.delivery;

import dev.gatehouse.jobs.QueueName;
import dev.gatehouse.jobs.TakenJob;
import dev.gatehouse.jobs.drain.JobResult;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.aws.AwsFailure;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Invokes a Lambda function for each job, and waits for its end. The event is the object of {@link JobMessage}.
 *
 * <p>A job is done if the function returns, whatever it returns. An error of the function, any other status, no reply in time and a
 * broken reply are failures, which are retried after the backoff.
 */
final class FunctionTarget implements JobTarget {

    /** Above the 6 MB that a function may return. */
    private static final int MAX_REPLY_BYTES = 8 * 1024 * 1024;

    /** The name of an AWS error, with or without a suffix. The error message is not used, because it quotes the caller. */
    private static final Pattern ERROR = Pattern.compile("([A-Za-z]{1,64})(?::.*)?");

    private static final Map<String, String> HEADERS =
            Map.of("Content-Type", "application/json", "X-Amz-Invocation-Type", "RequestResponse");

    private final FunctionDestination function;
    private final InstantSource clock;
    private final TargetClient client = new TargetClient(MAX_REPLY_BYTES);

    /** @param clock the time of the signatures */
    FunctionTarget(FunctionDestination function, InstantSource clock) {
        this.function = function;
        this.clock = clock;
    }

    @Override
    public JobResult deliver(QueueName queue, TakenJob job, Duration limit) {
        var end = Deadline.in(limit);
        HttpRequest.Builder request;
        try {
            refresh(end);
            request = request(JobMessage.of(queue, job));
        } catch (AwsFailure | CompletionException _) {
            return JobResult.retry("there are no AWS credentials");
        }
        var left = Duration.ofNanos(Math.max(1, end.remainingNanos()));
        return client.send(request.timeout(left).build(), left, FunctionTarget::read);
    }

    /** Fetches credentials if those of the start of the drain expire. */
    private void refresh(Deadline end) {
        if (function.identity().isStale()) {
            CompletableFuture.runAsync(function.identity()::refresh, Thread::startVirtualThread)
                    .orTimeout(end.remainingNanos(), TimeUnit.NANOSECONDS)
                    .join();
        }
    }

    private HttpRequest.Builder request(byte[] body) {
        var uri = function.uri();
        var request = HttpRequest.newBuilder(uri).POST(BodyPublishers.ofByteArray(body));
        HEADERS.forEach(request::header);
        function.identity()
                .signed(function.region(), "lambda", "POST", uri, HEADERS, body, clock.instant())
                .forEach(request::header);
        return request;
    }

    private static JobResult read(HttpResponse<Void> response) {
        int status = response.statusCode();
        if (status == 200) {
            return response.headers().firstValue("X-Amz-Function-Error").isPresent()
                    ? JobResult.retry("the function ended with an error")
                    : JobResult.DONE;
        }
        return JobResult.retry("Lambda replied with " + status + error(response));
    }

    private static String error(HttpResponse<Void> response) {
        return response.headers()
                .firstValue("X-Amzn-ErrorType")
                .map(ERROR::matcher)
                .filter(matcher -> matcher.matches())
                .map(matcher -> " " + matcher.group(1))
                .orElse("");
    }

    @Override
    public void close() {
        client.close();
    }
}
