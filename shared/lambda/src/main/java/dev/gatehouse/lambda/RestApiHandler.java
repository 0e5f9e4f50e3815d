// SPDX-License-Identifier: Apache-2.0
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
                event.getHttpMethod(), path(event), event.getBody(), Boolean.TRUE.equals(event.getIsBase64Encoded()));
        event.setHttpMethod(parts.method());
        event.setPath(parts.path());
        event.setHeaders(RequestParts.headers(event.getHeaders()));
        event.setMultiValueHeaders(RequestParts.multiValueHeaders(event.getMultiValueHeaders()));
        event.setBody(parts.base64Body());
        event.setIsBase64Encoded(true);
        return Invocation.serve(lambda, Duration.ZERO, parts.problem(), () -> super.handleRequest(event, lambda));
    }

    /**
     * Returns the path as served. A REST API removes the stage itself, as a comparison with the path of the request context
     * shows.
     */
    private @Nullable String path(APIGatewayProxyRequestEvent event) {
        var path = event.getPath();
        var requestContext = event.getRequestContext();
        if (requestContext == null) {
            return basePath.strip(path);
        }
        var stage = requestContext.getStage();
        boolean isRemoved = ("/" + stage + path).equals(requestContext.getPath());
        return basePath.strip(path, requestContext.getDomainName(), isRemoved ? null : stage);
    }
}
