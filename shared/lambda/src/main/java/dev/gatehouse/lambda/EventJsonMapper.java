// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.lambda;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.amazonaws.services.lambda.runtime.events.ApplicationLoadBalancerRequestEvent;
import com.amazonaws.services.lambda.runtime.events.ApplicationLoadBalancerResponseEvent;
import io.micronaut.context.BeanContext;
import io.micronaut.core.annotation.Introspected;
import io.micronaut.core.type.Argument;
import io.micronaut.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads events and writes responses with the function's own JSON mapper.
 *
 * <p>AWS's runtime client would use a second mapper, in a second application context. {@code micronaut-aws-lambda-events-serde}
 * describes every event there is; these are the ones that are served.
 */
@Introspected(
        classes = {
            APIGatewayV2HTTPEvent.class,
            APIGatewayV2HTTPEvent.RequestContext.class,
            APIGatewayV2HTTPEvent.RequestContext.Http.class,
            APIGatewayV2HTTPEvent.RequestContext.Authorizer.class,
            APIGatewayV2HTTPEvent.RequestContext.Authorizer.JWT.class,
            APIGatewayV2HTTPEvent.RequestContext.IAM.class,
            APIGatewayV2HTTPEvent.RequestContext.CognitoIdentity.class,
            APIGatewayV2HTTPResponse.class,
            APIGatewayProxyRequestEvent.class,
            APIGatewayProxyRequestEvent.ProxyRequestContext.class,
            APIGatewayProxyRequestEvent.RequestIdentity.class,
            APIGatewayProxyResponseEvent.class,
            ApplicationLoadBalancerRequestEvent.class,
            ApplicationLoadBalancerRequestEvent.RequestContext.class,
            ApplicationLoadBalancerRequestEvent.Elb.class,
            ApplicationLoadBalancerResponseEvent.class
        })
final class EventJsonMapper {

    private static final Logger LOG = LoggerFactory.getLogger(EventJsonMapper.class);

    private final JsonMapper json;

    EventJsonMapper(BeanContext beans) {
        this.json = beans.getBean(JsonMapper.class);
    }

    /** Returns the event; null if {@code in} holds none of this type. */
    <E> @Nullable E read(InputStream in, Class<E> type) throws IOException {
        var bytes = in.readAllBytes();
        try {
            return json.readValue(bytes, Argument.of(type));
        } catch (IOException | RuntimeException e) {
            LOG.debug("The event is not a {}", type.getSimpleName(), e);
            return null;
        }
    }

    void write(Object response, OutputStream out) throws IOException {
        json.writeValue(out, response);
    }
}
