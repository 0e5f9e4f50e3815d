package dev.gatehouse.lambda;

import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.telemetry.LinkTally;
import dev.gatehouse.telemetry.StandardOutput;
import dev.gatehouse.telemetry.Telemetry;
import io.micronaut.context.BeanProvider;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;
import java.util.Objects;

/** Creates the telemetry: a line of metrics for each request, under the name of the deployed function. */
@Factory
final class LambdaTelemetry {

    @Singleton
    @Requires(missingBeans = Telemetry.class)
    Telemetry telemetry(RedisSettings settings, BeanProvider<RedisLink> link) {
        var tally = new LinkTally();
        if (settings.enabled()) {
            link.get().addOutageListener(tally);
            link.get().addCommandListener(tally);
        }
        var name = Objects.requireNonNullElse(System.getenv("AWS_LAMBDA_FUNCTION_NAME"), "gatehouse");
        return new EmfLines(name, tally, System::currentTimeMillis, StandardOutput::print);
    }
}
