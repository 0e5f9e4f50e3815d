package dev.gatehouse.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import io.micronaut.context.ApplicationContext;
import io.micronaut.function.aws.proxy.payload1.ApiGatewayProxyRequestEventFunction;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Serves REST APIs, and HTTP APIs with payload format 1.0.
 *
 * <p>Responds to a malformed event with a 400 problem and never throws.
 */
public final class RestApiHandler extends ApiGatewayProxyRequestEventFunction implements RequestStreamHandler {

    private final EventJsonMapper events;
    private final BasePath basePath;

    /** Starts the function; Lambda calls this constructor. */
    public RestApiHandler() {
        this(FunctionContext.startHttp());
    }

    /** Serves with the beans of {@code context}, which must be running. */
    public RestApiHandler(ApplicationContext context) {
        super(context);
        this.events = new EventJsonMapper(context);
        this.basePath = context.getBean(BasePath.class);
    }

    @Override
    public void handleRequest(InputStream in, OutputStream out, @Nullable Context lambda) throws IOException {
        events.write(handleRequest(events.read(in, APIGatewayProxyRequestEvent.class), lambda), out);
    }

    @Override
    public APIGatewayProxyResponseEvent handleRequest(
            @Nullable APIGatewayProxyRequestEvent sent, @Nullable Context lambda) {
        var event = sent == null ? new APIGatewayProxyRequestEvent() : sent;
        var parts = RequestParts.of(
                event.getHttpMethod(),
                basePath.strip(event.getPath(), prefixedStage(event)),
                event.getBody(),
                Boolean.TRUE.equals(event.getIsBase64Encoded()));
        event.setHttpMethod(parts.method());
        event.setPath(parts.path());
        event.setHeaders(RequestParts.withoutNulls(event.getHeaders()));
        event.setMultiValueHeaders(RequestParts.withoutNulls(event.getMultiValueHeaders()));
        event.setBody(parts.base64Body());
        event.setIsBase64Encoded(true);
        return Invocation.serve(lambda, Duration.ZERO, parts.problem(), () -> super.handleRequest(event, lambda));
    }

    /**
     * Returns the stage, if the path can begin with it. REST APIs have removed it already, which their request context
     * shows, and a custom domain has a base path instead.
     */
    private static @Nullable String prefixedStage(APIGatewayProxyRequestEvent event) {
        var context = event.getRequestContext();
        if (context == null || context.getStage() == null) {
            return null;
        }
        var domain = Objects.requireNonNullElse(context.getDomainName(), "");
        var isCustom = !domain.isEmpty() && !domain.contains(".execute-api.");
        var isRemoved = ("/" + context.getStage() + event.getPath()).equals(context.getPath());
        return isCustom || isRemoved ? null : context.getStage();
    }
}
