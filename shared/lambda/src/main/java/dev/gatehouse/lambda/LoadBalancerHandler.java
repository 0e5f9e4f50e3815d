// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.events.ApplicationLoadBalancerRequestEvent;
import com.amazonaws.services.lambda.runtime.events.ApplicationLoadBalancerResponseEvent;
import io.micronaut.context.ApplicationContext;
import io.micronaut.function.aws.proxy.alb.ApplicationLoadBalancerFunction;
import io.micronaut.http.HttpStatus;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Serves a target group of an Application Load Balancer, with multi-value headers or without.
 *
 * <p>Responds to a malformed event with a 400 problem and never throws.
 */
public final class LoadBalancerHandler extends ApplicationLoadBalancerFunction implements RequestStreamHandler {

    private final EventJsonMapper events;
    private final BasePath basePath;

    /** Starts the function; Lambda calls this constructor. */
    public LoadBalancerHandler() {
        this(FunctionContext.startHttp());
    }

    /** Serves with the beans of {@code context}, which must be running. */
    public LoadBalancerHandler(ApplicationContext context) {
        super(context);
        this.events = new EventJsonMapper(context);
        this.basePath = context.getBean(BasePath.class);
    }

    @Override
    public void handleRequest(InputStream in, OutputStream out, @Nullable Context lambda) throws IOException {
        events.write(handleRequest(events.read(in, ApplicationLoadBalancerRequestEvent.class), lambda), out);
    }

    @Override
    public ApplicationLoadBalancerResponseEvent handleRequest(
            @Nullable ApplicationLoadBalancerRequestEvent sent, @Nullable Context lambda) {
        var event = sent == null ? new ApplicationLoadBalancerRequestEvent() : sent;
        var parts = RequestParts.of(
                event.getHttpMethod(), basePath.strip(event.getPath()), event.getBody(), event.getIsBase64Encoded());
        event.setHttpMethod(parts.method());
        event.setPath(parts.path());
        event.setHeaders(RequestParts.headers(event.getHeaders()));
        event.setMultiValueHeaders(RequestParts.multiValueHeaders(event.getMultiValueHeaders()));
        event.setBody(parts.base64Body());
        event.setIsBase64Encoded(true);
        var response =
                Invocation.serve(lambda, Duration.ZERO, parts.problem(), () -> super.handleRequest(event, lambda));
        response.setStatusDescription(
                response.getStatusCode() + " " + HttpStatus.getDefaultReason(response.getStatusCode()));
        // A target group without multi-value headers reads this map only.
        response.getMultiValueHeaders()
                .forEach((name, values) -> response.getHeaders().put(name, String.join(", ", values)));
        return response;
    }
}
