package dev.gatehouse.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import dev.gatehouse.redis.InvalidSetting;
import dev.gatehouse.telemetry.PrintedLogs;
import io.micronaut.context.ApplicationContext;
import io.micronaut.function.aws.LambdaApplicationContextBuilder;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The beans of a Lambda handler, from its start to the end of its process. */
public final class FunctionContext {

    private final ApplicationContext beans;

    private FunctionContext(ApplicationContext beans) {
        this.beans = beans;
        Runtime.getRuntime().addShutdownHook(new Thread(beans::close, "gatehouse-close"));
    }

    /**
     * As Lambda's environment wants them, for a handler that serves no HTTP: none of what callers need is there, nor asked
     * for, such as their API keys.
     *
     * @throws InvalidSetting if the environment is wrong; Lambda logs its one line
     */
    public static FunctionContext start() {
        return of(new LambdaApplicationContextBuilder().build());
    }

    /**
     * As {@link #start}, for a handler that serves HTTP.
     *
     * @throws InvalidSetting if the environment is wrong; Lambda logs its one line
     */
    static FunctionContext startHttp() {
        return of(new LambdaApplicationContextBuilder()
                .properties(Map.of("gatehouse.service", "true"))
                .build());
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
