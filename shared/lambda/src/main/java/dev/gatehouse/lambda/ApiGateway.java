// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.lambda;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import dev.gatehouse.web.Gateway;
import io.micronaut.http.HttpRequest;
import io.micronaut.servlet.http.ServletHttpRequest;
import jakarta.inject.Singleton;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The request id and the authorizer's fields in the events of API Gateway. Events of a load balancer and of a function URL
 * without IAM have neither.
 *
 * <table>
 * <caption>Fields</caption>
 * <tr><th></th><th>payload format 2.0</th><th>payload format 1.0, REST API</th></tr>
 * <tr><td>{@code jwt.<claim>}</td><td>{@code authorizer.jwt.claims}</td>
 *     <td>{@code authorizer.jwt.claims} or {@code authorizer.claims} (Cognito)</td></tr>
 * <tr><td>{@code lambda.<key>}</td><td>{@code authorizer.lambda}</td><td>{@code authorizer}</td></tr>
 * <tr><td>{@code iam.<field>}</td><td>{@code authorizer.iam}</td><td>{@code identity}</td></tr>
 * </table>
 */
@Singleton
final class ApiGateway implements Gateway {

    @Override
    public @Nullable String requestId(HttpRequest<?> request) {
        return switch (event(request)) {
            case APIGatewayV2HTTPEvent event -> event.getRequestContext().getRequestId();
            case APIGatewayProxyRequestEvent event
            when event.getRequestContext() != null -> event.getRequestContext().getRequestId();
            case null, default -> null;
        };
    }

    @Override
    public @Nullable String authorized(HttpRequest<?> request, String field) {
        int dot = field.indexOf('.');
        if (dot < 0) {
            return null;
        }
        var kind = field.substring(0, dot);
        var name = field.substring(dot + 1);
        return switch (event(request)) {
            case APIGatewayV2HTTPEvent event ->
                authorized(event.getRequestContext().getAuthorizer(), kind, name);
            case APIGatewayProxyRequestEvent event
            when event.getRequestContext() != null -> authorized(event.getRequestContext(), kind, name);
            case null, default -> null;
        };
    }

    private static @Nullable Object event(HttpRequest<?> request) {
        return request instanceof ServletHttpRequest<?, ?> ofEvent ? ofEvent.getNativeRequest() : null;
    }

    private static @Nullable String authorized(
            APIGatewayV2HTTPEvent.RequestContext.@Nullable Authorizer authorizer, String kind, String name) {
        if (authorizer == null) {
            return null;
        }
        return switch (kind) {
            case "jwt" ->
                authorizer.getJwt() == null ? null : text(authorizer.getJwt().getClaims(), name);
            case "lambda" -> text(authorizer.getLambda(), name);
            case "iam" -> iam(authorizer.getIam(), name);
            default -> null;
        };
    }

    private static @Nullable String iam(APIGatewayV2HTTPEvent.RequestContext.@Nullable IAM iam, String name) {
        if (iam == null) {
            return null;
        }
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

    private static @Nullable String authorized(
            APIGatewayProxyRequestEvent.ProxyRequestContext context, String kind, String name) {
        var authorizer = context.getAuthorizer();
        return switch (kind) {
            case "jwt" ->
                authorizer == null
                        ? null
                        : text(
                                authorizer.get("jwt") instanceof Map<?, ?> jwt
                                        ? jwt.get("claims")
                                        : authorizer.get("claims"),
                                name);
            case "lambda" -> text(authorizer, name);
            case "iam" -> iam(context.getIdentity(), name);
            default -> null;
        };
    }

    private static @Nullable String iam(APIGatewayProxyRequestEvent.@Nullable RequestIdentity identity, String name) {
        if (identity == null) {
            return null;
        }
        return switch (name) {
            case "accessKey" -> identity.getAccessKey();
            case "accountId" -> identity.getAccountId();
            case "callerId" -> identity.getCaller();
            case "principalOrgId" -> identity.getPrincipalOrgId();
            case "userArn" -> identity.getUserArn();
            case "userId" -> identity.getUser();
            default -> null;
        };
    }

    private static @Nullable String text(@Nullable Object members, String name) {
        return members instanceof Map<?, ?> map && map.get(name) instanceof String text ? text : null;
    }
}
