// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import io.micronaut.context.ApplicationContext;
import io.micronaut.function.aws.proxy.payload2.APIGatewayV2HTTPEventFunction;
import io.micronaut.http.HttpHeaders;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Serves HTTP APIs with payload format 2.0, and function URLs.
 *
 * <p>Responds to a malformed event with a 400 problem and never throws.
 */
public final class HttpApiHandler extends APIGatewayV2HTTPEventFunction implements RequestStreamHandler {

    private final EventJsonMapper events;
    private final BasePath basePath;

    /** Starts the function; Lambda calls this constructor. */
    public HttpApiHandler() {
        this(FunctionContext.startHttp());
    }

    /** Serves with the beans of {@code context}, which must be running. */
    public HttpApiHandler(ApplicationContext context) {
        super(context);
        this.events = new EventJsonMapper(context);
        this.basePath = context.getBean(BasePath.class);
    }

    @Override
    public void handleRequest(InputStream in, OutputStream out, @Nullable Context lambda) throws IOException {
        events.write(handleRequest(events.read(in, APIGatewayV2HTTPEvent.class), lambda), out);
    }

    @Override
    public APIGatewayV2HTTPResponse handleRequest(@Nullable APIGatewayV2HTTPEvent sent, @Nullable Context lambda) {
        var event = sent == null ? new APIGatewayV2HTTPEvent() : sent;
        var http = http(event);
        var requestContext = event.getRequestContext();
        var parts = RequestParts.of(
                http.getMethod(),
                basePath.strip(http.getPath(), requestContext.getDomainName(), requestContext.getStage()),
                event.getBody(),
                event.getIsBase64Encoded());
        http.setMethod(parts.method());
        http.setPath(parts.path());
        event.setHeaders(headers(event));
        event.setBody(parts.base64Body());
        event.setIsBase64Encoded(true);
        return joined(
                Invocation.serve(lambda, Duration.ZERO, parts.problem(), () -> super.handleRequest(event, lambda)));
    }

    /** The part of the request context that Micronaut reads; created if the event has none. */
    private static APIGatewayV2HTTPEvent.RequestContext.Http http(APIGatewayV2HTTPEvent event) {
        if (event.getRequestContext() == null) {
            event.setRequestContext(new APIGatewayV2HTTPEvent.RequestContext());
        }
        var context = event.getRequestContext();
        if (context.getHttp() == null) {
            context.setHttp(new APIGatewayV2HTTPEvent.RequestContext.Http());
        }
        return context.getHttp();
    }

    /** Returns the headers with the cookies, which this format separates from them. */
    private static Map<String, String> headers(APIGatewayV2HTTPEvent event) {
        var headers = RequestParts.headers(event.getHeaders());
        var cookies = event.getCookies();
        if (cookies != null && !cookies.isEmpty()) {
            headers.putIfAbsent("cookie", String.join("; ", cookies));
        }
        return headers;
    }

    /** Joins the values of each header, since this format ignores {@code multiValueHeaders}. */
    private static APIGatewayV2HTTPResponse joined(APIGatewayV2HTTPResponse response) {
        response.getMultiValueHeaders().forEach((name, values) -> {
            if (name.equalsIgnoreCase(HttpHeaders.SET_COOKIE)) {
                response.setCookies(values);
                response.getHeaders().remove(name);
            } else if (values.size() > 1) {
                response.getHeaders().put(name, String.join(", ", values));
            }
        });
        response.setMultiValueHeaders(null);
        return response;
    }
}
