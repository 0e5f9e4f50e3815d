// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.health.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.gatehouse.health.RedisChecks;
import dev.gatehouse.lambda.FunctionContext;
import dev.gatehouse.lambda.Invocation;
import dev.gatehouse.lambda.Snapshot;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.redis.health.RedisHealth;
import dev.gatehouse.telemetry.CurrentRequest;
import dev.gatehouse.telemetry.JsonLine;
import dev.gatehouse.telemetry.Telemetry;
import dev.gatehouse.web.DeadlineFactory;
import io.micronaut.context.ApplicationContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Serves a schedule: checks Redis for any event. Connects with TLS and password, writes, reads and deletes a key,
 * runs a script, and reads {@code INFO}. Fails with one line if Redis does not serve, so that an alarm on errors fires.
 * Warnings are reported and do not fail it.
 */
public final class ScheduledCheck implements RequestStreamHandler {

    /** The time to report a silent Redis before Lambda ends the invocation. The first report loads many classes. */
    private static final Duration RESERVED = Duration.ofMillis(500);

    private final RedisChecks checks;

    /** Starts the function; Lambda calls this constructor. */
    public ScheduledCheck() {
        this(FunctionContext.start());
    }

    private ScheduledCheck(ApplicationContext context) {
        checks = RedisChecks.of(
                context.getBean(RedisSettings.class),
                () -> context.getBean(RedisLink.class),
                context.getBean(DeadlineFactory.class)::afterWaiting,
                context.getBean(Telemetry.class));
        Snapshot.prime(() -> {});
    }

    /**
     * Checks once, and writes {@code status}, {@code redis} (the address, without secrets) and {@code troubles} (their names).
     *
     * @throws RedisDoesNotServe if no decision can be made on Redis
     */
    @Override
    public void handleRequest(InputStream event, OutputStream out, @Nullable Context lambda) throws IOException {
        CurrentRequest.begin(lambda == null ? null : lambda.getAwsRequestId());
        var health = Invocation.serve(
                lambda, RESERVED, () -> checks.deep().toCompletableFuture().join());
        if (!health.isServing()) {
            throw RedisDoesNotServe.at(checks.url(), health);
        }
        new JsonLine()
                .text("status", health.status())
                .text("redis", checks.url())
                .texts("troubles", names(health))
                .writeTo(out);
    }

    private static List<String> names(RedisHealth health) {
        return health.warnings().stream().map(warning -> warning.type().id()).toList();
    }
}
