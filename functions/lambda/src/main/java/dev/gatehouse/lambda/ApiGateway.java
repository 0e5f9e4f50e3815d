package dev.gatehouse.lambda;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent.RequestContext;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent.RequestContext.IAM;
import dev.gatehouse.http.Gateway;
import io.micronaut.http.HttpRequest;
import io.micronaut.servlet.http.ServletHttpRequest;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/** What API Gateway's event tells of a request, payload format 2.0. */
@Singleton
final class ApiGateway implements Gateway {

    @Override
    public @Nullable String requestId(HttpRequest<?> request) {
        var context = contextOf(request);
        return context == null ? null : context.getRequestId();
    }

    @Override
    public @Nullable String authorized(HttpRequest<?> request, String field) {
        var context = contextOf(request);
        var authorizer = context == null ? null : context.getAuthorizer();
        int dot = field.indexOf('.');
        if (authorizer == null || dot < 0) {
            return null;
        }
        var name = field.substring(dot + 1);
        return switch (field.substring(0, dot)) {
            case "jwt" -> {
                var jwt = authorizer.getJwt();
                yield jwt == null || jwt.getClaims() == null
                        ? null
                        : jwt.getClaims().get(name);
            }
            case "lambda" ->
                authorizer.getLambda() != null && authorizer.getLambda().get(name) instanceof String said ? said : null;
            case "iam" -> authorizer.getIam() == null ? null : of(authorizer.getIam(), name);
            default -> null;
        };
    }

    private static @Nullable String of(IAM iam, String name) {
        return switch (name) {
            case "accessKey" -> iam.getAccessKey();
            case "accountId" -> iam.getAccountId();
            case "callerId" -> iam.getCallerId();
            case "principalOrgId" -> iam.getPrincipalOrgId();
            case "userArn" -> iam.getUserArn();
            case "userId" -> iam.getUserId();
            default -> null;
        };
    }

    private static @Nullable RequestContext contextOf(HttpRequest<?> request) {
        return request instanceof ServletHttpRequest<?, ?> servlet
                        && servlet.getNativeRequest() instanceof APIGatewayV2HTTPEvent event
                ? event.getRequestContext()
                : null;
    }
}
