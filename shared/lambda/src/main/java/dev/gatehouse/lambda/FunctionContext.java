// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.lambda;

import dev.gatehouse.redis.config.InvalidSetting;
import dev.gatehouse.redis.config.NameCache;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.telemetry.LinkTally;
import io.micronaut.context.ApplicationContext;
import io.micronaut.context.ApplicationContextBuilder;
import io.micronaut.context.env.Environment;
import java.util.Map;

/** Starts the beans of a Lambda handler, which live as long as its process. */
public final class FunctionContext {

    private FunctionContext() {}

    /**
     * Starts the beans for a handler without HTTP. Settings of callers, such as API keys, are not read.
     *
     * @throws InvalidSetting if the environment is invalid; Lambda logs its one line
     */
    public static ApplicationContext start() {
        return start(builder());
    }

    /**
     * Starts the beans of {@code builder}, and closes them when the process ends.
     *
     * @throws InvalidSetting if the environment is invalid
     */
    public static ApplicationContext start(ApplicationContextBuilder builder) {
        // The logger itself ignores settings that it cannot read.
        PrintedLogs.settings(System.getenv());
        try {
            var context = builder.start();
            Runtime.getRuntime().addShutdownHook(new Thread(context::close, "gatehouse-close"));
            return context;
        } catch (RuntimeException e) {
            var invalid = InvalidSetting.causeOf(e);
            throw invalid == null ? e : invalid;
        }
    }

    /**
     * Starts the beans for a handler with HTTP.
     *
     * @throws InvalidSetting if the environment is invalid; Lambda logs its one line
     */
    static ApplicationContext startHttp() {
        var context = start(builder().properties(Map.of("gatehouse.service", "true")));
        Snapshot.prime(RoutePriming::run);
        return context;
    }

    /** Returns a builder of beans that are created when first needed: only what the first response needs delays it. */
    public static ApplicationContextBuilder builder() {
        NameCache.limit();
        // Starting the flight recorder for the events of Lettuce and Netty takes as long as opening a connection.
        System.getProperties().putIfAbsent("io.lettuce.core.jfr", "false");
        System.getProperties().putIfAbsent("io.netty.jfr.enabled", "false");
        return ApplicationContext.builder()
                .environments(Environment.FUNCTION, "lambda")
                .deduceEnvironment(false)
                .deduceCloudEnvironment(false)
                .environmentVariableExcludes(RedisSettings.environmentNames())
                // API Gateway has a date header of its own. No property of redis.*: any would create micronaut-redis's
                // client.
                .properties(Map.of(
                        "micronaut.server.date-header",
                        "false",
                        // The events of AWS, beside Micronaut's own types.
                        "micronaut.serde.included-introspection-packages",
                        "io.micronaut,com.amazonaws.services.lambda.runtime.events"))
                .eagerInitSingletons(Snapshot.isPlanned(System.getenv()))
                .banner(false);
    }

    /** Returns a builder of beans for priming: apart from those in service, and without Redis and metrics. */
    public static ApplicationContextBuilder primingBuilder() {
        return builder()
                .singletons(
                        RedisSettings.fromEnvironment(Map.of("USE_REDIS", "false")),
                        new EmfTelemetry("priming", new LinkTally(), System::currentTimeMillis, _ -> {}));
    }
}
