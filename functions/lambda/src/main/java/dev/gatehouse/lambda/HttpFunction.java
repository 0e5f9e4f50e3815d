package dev.gatehouse.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import dev.gatehouse.http.EveryResponse;
import dev.gatehouse.http.Problem;
import dev.gatehouse.http.RequestId;
import dev.gatehouse.redis.InvalidSetting;
import dev.gatehouse.telemetry.RequestFacts;
import dev.gatehouse.telemetry.ServedRequest;
import dev.gatehouse.telemetry.Telemetry;
import io.micronaut.context.ApplicationContext;
import io.micronaut.function.aws.proxy.payload2.APIGatewayV2HTTPEventHandler;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.MediaType;
import io.micronaut.json.JsonMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Lambda handler of every HTTP function: an HTTP API's event, payload format 2.0, is served by the controllers on the
 * class path. Nothing outlives an invocation, and no event, however malformed, makes it throw.
 */
public final class HttpFunction implements RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> {

    private static final Logger LOG = LoggerFactory.getLogger(HttpFunction.class);

    private final FunctionContext context;
    private final Telemetry telemetry;
    // Micronaut's own function would register Lambda's context as new beans at every invocation, and keep them all.
    private final APIGatewayV2HTTPEventHandler handler;

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
        this.handler = new APIGatewayV2HTTPEventHandler(context.beans());
    }

    @Override
    public APIGatewayV2HTTPResponse handleRequest(APIGatewayV2HTTPEvent event, @Nullable Context lambda) {
        var id = requestIdOf(event);
        ServedRequest.begins(id.value());
        try {
            return switch (EventSoundness.of(event)) {
                case EventSoundness.Sound(var sound) -> serve(sound, id, lambda);
                case EventSoundness.Unsound(var problem) -> tell(problem, id);
            };
        } finally {
            ServedRequest.ends();
        }
    }

    private APIGatewayV2HTTPResponse serve(APIGatewayV2HTTPEvent event, RequestId id, @Nullable Context lambda) {
        try {
            return context.within(lambda, () -> handler.exchange(event, new APIGatewayV2HTTPResponse())
                    .getResponse()
                    .getNativeResponse());
        } catch (RuntimeException e) {
            LOG.error("Request {} failed", id, e);
            return tell(Problem.internalError(), id);
        }
    }

    /** Answers what reached no controller, and no filter either. */
    private APIGatewayV2HTTPResponse tell(Problem problem, RequestId id) {
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
        headers.put(EveryResponse.X_REQUEST_ID, id.value());
        return APIGatewayV2HTTPResponse.builder()
                .withStatusCode(problem.status())
                .withHeaders(headers)
                .withBody(written(problem))
                .build();
    }

    private String written(Problem problem) {
        try {
            return context.bean(JsonMapper.class).writeValueAsString(problem);
        } catch (IOException e) {
            throw new AssertionError("a problem can always be written", e);
        }
    }

    private static RequestId requestIdOf(@Nullable APIGatewayV2HTTPEvent event) {
        var request = event == null ? null : event.getRequestContext();
        return RequestId.of(request == null ? null : request.getRequestId(), null);
    }
}
