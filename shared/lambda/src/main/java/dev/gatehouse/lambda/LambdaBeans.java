// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.lambda;

import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.telemetry.LinkTally;
import dev.gatehouse.telemetry.StandardOutput;
import dev.gatehouse.telemetry.Telemetry;
import dev.gatehouse.web.DeadlineFactory;
import io.micronaut.context.BeanProvider;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Objects;

/** The beans that every function on Lambda has. */
@Factory
final class LambdaBeans {

    /** The time to write the response and return it to Lambda. */
    private static final Duration MARGIN = Duration.ofMillis(50);

    /** Ends decisions by the budget in the settings of Redis, and by the end of the invocation less a margin. */
    @Singleton
    DeadlineFactory deadlines(RedisSettings settings) {
        return wait -> {
            var budget = settings.decisionBudget().plus(wait);
            var end = Invocation.currentEnd();
            return end == null ? Deadline.in(budget) : new Deadline(end.nanoTime() - MARGIN.toNanos()).atMost(budget);
        };
    }

    /** Prints a line of metrics for each request, under the name of the deployed function. */
    @Singleton
    @Requires(missingBeans = Telemetry.class)
    Telemetry telemetry(RedisSettings settings, BeanProvider<RedisLink> link) {
        var tally = new LinkTally();
        if (settings.enabled()) {
            link.get().addOutageListener(tally);
            link.get().addCommandListener(tally);
        }
        var name = Objects.requireNonNullElse(System.getenv("AWS_LAMBDA_FUNCTION_NAME"), "gatehouse");
        return new EmfTelemetry(name, tally, System::currentTimeMillis, StandardOutput::print);
    }
}
