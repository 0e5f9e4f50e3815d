package dev.gatehouse.health.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.gatehouse.health.http.RedisChecks;
import dev.gatehouse.lambda.FunctionContext;
import dev.gatehouse.redis.health.RedisHealth;
import dev.gatehouse.redis.health.Warning;
import dev.gatehouse.telemetry.CurrentRequest;
import dev.gatehouse.telemetry.JsonLine;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The Lambda handler of the scheduled check. Whatever the event, it looks at Redis as deep as a look goes: connection with
 * TLS and password, a key written, read and deleted, a script, {@code INFO} and what it shows. It fails with one line where
 * Redis does not serve, so that an alarm on errors sees it; signs of trouble alone are told, and fail nothing.
 */
public final class ScheduledCheck implements RequestStreamHandler {

    /** That Redis is silent has to be said before Lambda ends the invocation without a word; the first time it takes long. */
    private static final Duration FOR_THE_NEWS = Duration.ofMillis(500);

    private final FunctionContext context;
    private final RedisChecks checks;

    /** As Lambda makes it. */
    public ScheduledCheck() {
        context = FunctionContext.start();
        checks = context.bean(RedisChecks.class);
    }

    /**
     * Checks once, and writes {@code status}, {@code redis} (the address, without secrets) and {@code troubles} (their names).
     *
     * @throws RedisDoesNotServe if no decision can be made on Redis
     */
    @Override
    public void handleRequest(InputStream event, OutputStream out, @Nullable Context lambda) throws IOException {
        var health = checked(lambda);
        if (!health.serves()) {
            throw RedisDoesNotServe.at(checks.url(), health);
        }
        new JsonLine()
                .text("status", health.status())
                .text("redis", checks.url())
                .texts("troubles", names(health))
                .writeTo(out);
    }

    private RedisHealth checked(@Nullable Context lambda) {
        CurrentRequest.begins(lambda == null ? null : lambda.getAwsRequestId());
        try {
            return context.within(lambda, FOR_THE_NEWS, () -> checks.deep()
                    .toCompletableFuture()
                    .join());
        } finally {
            CurrentRequest.ends();
        }
    }

    private static List<String> names(RedisHealth health) {
        return health.signs().stream().map(Warning::name).toList();
    }
}
