package dev.gatehouse.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.gatehouse.redis.InvalidSetting;
import dev.gatehouse.telemetry.CurrentRequest;
import dev.gatehouse.telemetry.RequestFacts;
import dev.gatehouse.telemetry.Telemetry;
import dev.gatehouse.web.CommonHeadersFilter;
import dev.gatehouse.web.Problem;
import dev.gatehouse.web.RequestId;
import io.micronaut.context.ApplicationContext;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.MediaType;
import io.micronaut.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Lambda handler of every HTTP function: an HTTP API's event, payload format 2.0, is served by the controllers on the
 * class path. Nothing outlives an invocation, and no event, however malformed, makes it throw.
 *
 * <p>It reads and writes the JSON itself: AWS's runtime client would load a library of its own for that, and all of the class
 * that AWS has for an event.
 */
public final class HttpFunction implements RequestStreamHandler {

    private static final Logger LOG = LoggerFactory.getLogger(HttpFunction.class);

    private final FunctionContext context;
    private final Telemetry telemetry;
    private final Routes routes;

    /** As Lambda makes it. */
    public HttpFunction() {
        this(FunctionContext.startHttp());
    }

    /**
     * Serves with the beans of {@code context}, which it starts if need be.
     *
     * @throws InvalidSetting if the environment is wrong; Lambda logs its one line
     */
    public HttpFunction(ApplicationContext context) {
        this(FunctionContext.of(context));
    }

    private HttpFunction(FunctionContext context) {
        this.context = context;
        this.telemetry = context.bean(Telemetry.class);
        this.routes = new Routes(context.beans());
    }

    @Override
    public void handleRequest(InputStream in, OutputStream out, @Nullable Context lambda) throws IOException {
        var event = EventJson.read(in.readAllBytes());
        var id = requestIdOf(event);
        CurrentRequest.begins(id.value());
        try {
            answer(event, id, lambda).writeTo(out);
        } finally {
            CurrentRequest.ends();
        }
    }

    private HttpAnswer answer(@Nullable EventJson event, RequestId id, @Nullable Context lambda) {
        return switch (EventSoundness.of(event, context.beans().getConversionService())) {
            case EventSoundness.Sound(var sound) -> serve(sound, id, lambda);
            case EventSoundness.Unsound(var problem) -> tell(problem, id);
        };
    }

    private HttpAnswer serve(EventRequest request, RequestId id, @Nullable Context lambda) {
        try {
            return context.within(lambda, () -> routes.serve(request));
        } catch (RuntimeException e) {
            LOG.error("Request {} failed", id, e);
            return tell(Problem.internalError(), id);
        }
    }

    /** Answers what reached no controller, and no filter either. */
    private HttpAnswer tell(Problem problem, RequestId id) {
        telemetry.answered(new RequestFacts(
                "other",
                RequestFacts.NO_ROUTE,
                problem.slug(),
                problem.status(),
                null,
                Duration.ZERO,
                id.value(),
                null));
        var headers = new LinkedHashMap<>(problem.headers());
        headers.put(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON_PROBLEM);
        headers.put(HttpHeaders.CACHE_CONTROL, "no-store");
        headers.put(CommonHeadersFilter.X_REQUEST_ID, id.value());
        return new HttpAnswer(problem.status(), headers, written(problem), false);
    }

    private String written(Problem problem) {
        try {
            return context.bean(JsonMapper.class).writeValueAsString(problem);
        } catch (IOException e) {
            throw new AssertionError("a problem can always be written", e);
        }
    }

    private static RequestId requestIdOf(@Nullable EventJson event) {
        return RequestId.of(
                event == null ? null : event.object("requestContext").text("requestId"), null);
    }
}
