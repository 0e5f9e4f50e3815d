// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.gatehouse.jobs.delivery.DrainSettings;
import dev.gatehouse.jobs.delivery.QueueDrain;
import dev.gatehouse.jobs.drain.DrainReport;
import dev.gatehouse.jobs.drain.DrainReport.End;
import dev.gatehouse.jobs.drain.Jobs;
import dev.gatehouse.lambda.FunctionContext;
import dev.gatehouse.lambda.Snapshot;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.InvalidSetting;
import dev.gatehouse.telemetry.CurrentRequest;
import dev.gatehouse.telemetry.JsonLine;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Serves a schedule, and the invocations of enqueuers that find no drainer: delivers the jobs of the configured queues to the
 * configured target, for any event. Stops before the invocation ends, and gives back what it has not begun.
 */
public final class ScheduledDrain implements RequestStreamHandler {

    /** The time to write the response before Lambda ends the invocation. */
    private static final Duration RESERVED = Duration.ofMillis(500);

    /** The time of an invocation without a context, which is not by Lambda. */
    private static final Duration UNKNOWN = Duration.ofMinutes(1);

    private final Optional<QueueDrain> drain;

    /**
     * Starts the function; Lambda calls this constructor.
     *
     * @throws InvalidSetting if a setting is malformed
     */
    public ScheduledDrain() {
        var settings = DrainSettings.from(System.getenv());
        var context = FunctionContext.start();
        drain = settings.map(some -> {
            var link = context.getBean(RedisLink.class);
            return new QueueDrain(Jobs.over(link), some, link.settings().decisionBudget(), (_, _) -> {});
        });
        Snapshot.prime(() -> {});
    }

    /**
     * Drains once, and writes the numbers of jobs {@code completed}, {@code failed}, {@code lost} and {@code givenBack}, and
     * {@code attended}: false if jobs are due that the next run takes.
     *
     * @throws InvalidSetting if no target is configured, or its secret cannot be read
     * @throws DrainUnavailable if Redis does not reply
     */
    @Override
    public void handleRequest(InputStream event, OutputStream out, @Nullable Context lambda) throws IOException {
        CurrentRequest.begin(lambda == null ? null : lambda.getAwsRequestId());
        try {
            var reports = drain.orElseThrow(DrainSettings::noTarget).run(end(lambda));
            if (reports.stream().anyMatch(report -> report.end() == End.UNAVAILABLE)) {
                throw new DrainUnavailable();
            }
            new JsonLine()
                    .number("completed", sum(reports, DrainReport::completed))
                    .number("failed", sum(reports, DrainReport::failed))
                    .number("lost", sum(reports, DrainReport::lost))
                    .number("givenBack", sum(reports, DrainReport::givenBack))
                    .flag("attended", reports.stream().allMatch(DrainReport::attended))
                    .writeTo(out);
        } finally {
            CurrentRequest.end();
        }
    }

    private static Deadline end(@Nullable Context lambda) {
        var left = lambda == null ? UNKNOWN : Duration.ofMillis(lambda.getRemainingTimeInMillis());
        return Deadline.in(left.minus(RESERVED));
    }

    private static long sum(List<DrainReport> reports, ToLongFunction<DrainReport> number) {
        return reports.stream().mapToLong(number).sum();
    }
}
