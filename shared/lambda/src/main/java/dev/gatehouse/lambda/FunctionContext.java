package dev.gatehouse.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import dev.gatehouse.redis.InvalidSetting;
import dev.gatehouse.redis.RedisSettings;
import io.micronaut.context.ApplicationContext;
import io.micronaut.context.ApplicationContextBuilder;
import io.micronaut.context.env.Environment;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The beans of a Lambda handler, from its start to the end of its process. */
public final class FunctionContext {

    private final ApplicationContext beans;

    private FunctionContext(ApplicationContext beans) {
        this.beans = beans;
    }

    /**
     * As Lambda's environment wants them, for a handler that serves no HTTP: none of what callers need is there, nor asked
     * for, such as their API keys.
     *
     * @throws InvalidSetting if the environment is wrong; Lambda logs its one line
     */
    public static FunctionContext start() {
        return start(Map.of(), () -> {});
    }

    /**
     * As {@link #start}, for a handler that serves HTTP.
     *
     * @throws InvalidSetting if the environment is wrong; Lambda logs its one line
     */
    static FunctionContext startHttp() {
        return start(Map.of("gatehouse.service", "true"), () -> new Rehearsal().run());
    }

    private static FunctionContext start(Map<String, Object> properties, Runnable rehearsal) {
        var redis = RedisSettings.fromEnvironment(System.getenv());
        var start = Start.of(redis, System.getenv());
        var context = of(builder()
                .properties(properties)
                .singletons(redis, start.link())
                .eagerInitSingletons(start.isForSnapshot())
                .build());
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            context.beans.close();
                            start.link().close();
                        },
                        "gatehouse-close"));
        start.rehearse(rehearsal);
        return context;
    }

    /** Beans are made when they are asked for: those that nobody asks for before the first answer need not delay it. */
    static ApplicationContextBuilder builder() {
        return ApplicationContext.builder()
                .environments(Environment.FUNCTION, "lambda")
                .deduceEnvironment(false)
                // The gateway has one of its own.
                .properties(Map.of("micronaut.server.date-header", "false"))
                .banner(false);
    }

    /** Those of {@code beans}, which is started if need be. */
    static FunctionContext of(ApplicationContext beans) {
        // What logs cannot read, they pass over in silence.
        PrintedLogs.settings(System.getenv());
        try {
            return new FunctionContext(beans.isRunning() ? beans : beans.start());
        } catch (RuntimeException e) {
            var invalid = InvalidSetting.behind(e);
            throw invalid == null ? e : invalid;
        }
    }

    ApplicationContext beans() {
        return beans;
    }

    /** The one bean of that type. */
    public <T> T bean(Class<T> type) {
        return beans.getBean(type);
    }

    /** What {@code work} returns; deadlines that it asks for end before the invocation that {@code lambda} tells of. */
    public <T> T within(@Nullable Context lambda, Supplier<T> work) {
        return within(lambda, Duration.ZERO, work);
    }

    /**
     * As {@link #within(Context, Supplier)}, with time left at the end.
     *
     * @param left so much more than it takes to hand over an answer
     */
    public <T> T within(@Nullable Context lambda, Duration left, Supplier<T> work) {
        return ScopedValue.where(Invocation.CURRENT, Invocation.of(lambda, left))
                .call(work::get);
    }
}
