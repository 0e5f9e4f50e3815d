// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local;

import dev.gatehouse.authorizer.Authorization;
import dev.gatehouse.authorizer.Authorization.Authorized;
import dev.gatehouse.authorizer.Authorization.Forbidden;
import dev.gatehouse.authorizer.Authorization.KeyAuthorized;
import dev.gatehouse.authorizer.Authorization.OverLimit;
import dev.gatehouse.authorizer.Authorization.Unauthorized;
import dev.gatehouse.authorizer.Authorization.Unauthorized.Reason;
import dev.gatehouse.authorizer.GatewayRequest;
import dev.gatehouse.authorizer.RequestAuthorizer;
import dev.gatehouse.authorizer.RoutePath;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.ratelimit.CheckedLimits;
import dev.gatehouse.ratelimit.http.QuotaExceeded;
import dev.gatehouse.ratelimit.http.QuotaHeaders;
import dev.gatehouse.web.DeadlineFactory;
import dev.gatehouse.web.DecisionResponse;
import dev.gatehouse.web.Problem;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.security.SecurityRequirement;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An example of a protected API, for end users with a session and without an API key. Applies the authorizer's
 * decision in place of API Gateway. Each outcome has its precise status, which not every kind of API supports.
 */
@Controller("/example")
@Tag(name = "Example", description = "An example of a route that the authorizer protects.")
final class ProtectedExample {

    /** The user of an authorized request. */
    @Serdeable.Serializable
    @Schema(name = "Visitor", description = "The user of the session.")
    record Visitor(
            @Schema(description = "Absent on an anonymous route.", example = "ada") @Nullable
            String userId,

            @Schema(
                    description =
                            "Changes and revokes the session, but does not open it. Absent on an anonymous route.")
            @Nullable
            String sessionId,

            @Schema(description = "The owner of the API key, on a route that requires one.", example = "acme") @Nullable
            String ownerId,

            @Schema(description = "The id of the API key, on a route that requires one.") @Nullable
            String keyId,

            @Schema(description = "Whether a limit was exceeded, where that only sets this flag.", example = "false")
            boolean limited,

            @Schema(description = "Whether the decision was made without Redis.", example = "false")
            boolean degraded) {}

    private final RequestAuthorizer authorizer;
    private final DeadlineFactory deadlines;

    ProtectedExample(RequestAuthorizer authorizer, DeadlineFactory deadlines) {
        this.authorizer = authorizer;
        this.deadlines = deadlines;
    }

    /** Returns the user of the session. */
    @Get("/protected")
    @Operation(
            operationId = "getVisitor",
            summary = "Authenticate with a session",
            description =
                    "Takes a session's token as a bearer token or in the cookie __Host-session, and no API key. The limits "
                            + "are those of GATEHOUSE_AUTHORIZER_USER_LIMITS and GATEHOUSE_AUTHORIZER_IP_LIMITS, and the rules those of "
                            + "GATEHOUSE_AUTHORIZER_ROUTES.",
            security = @SecurityRequirement(name = "Session"))
    @ApiResponse(
            responseCode = "200",
            description = "The request is authorized.",
            content =
                    @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = Visitor.class)))
    @ApiResponse(
            responseCode = "401",
            description =
                    "There is no live session, or no live API key on a route that requires one: problem session-invalid.",
            headers = @Header(name = "WWW-Authenticate", schema = @Schema(type = "string")),
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                            schema = @Schema(ref = "#/components/schemas/Problem")))
    @ApiResponse(
            responseCode = "403",
            description = "The session or the API key lacks what the route's rule requires: problem forbidden.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                            schema = @Schema(ref = "#/components/schemas/Problem")))
    @ApiResponse(responseCode = "406", ref = "NotAcceptable")
    @ApiResponse(responseCode = "429", ref = "QuotaExceeded")
    @ApiResponse(responseCode = "503", ref = "SafeToRetry")
    CompletionStage<HttpResponse<?>> getVisitor(HttpRequest<?> request) {
        var received = new GatewayRequest(
                request.getMethodName(),
                RoutePath.ofEncoded(request.getUri().getRawPath()),
                request.getHeaders()::getAll,
                List.of(),
                request.getRemoteAddress().getAddress().getHostAddress());
        return authorizer.authorize(received, deadlines.next()).thenApply(ProtectedExample::response);
    }

    /** Returns the response to a request that is not authorized. An anonymous one is not, nor one by an API key. */
    static HttpResponse<?> denial(Decision<Authorization> decision) {
        return response(decision.map(authorization -> switch (authorization) {
            case Authorized(var session, var quotas) ->
                session != null && quotas.exceeded() ? new OverLimit(session, quotas) : new Unauthorized();
            case KeyAuthorized(var _, var quotas) -> new Forbidden(null, quotas);
            case Unauthorized _, Forbidden _, OverLimit _ -> authorization;
        }));
    }

    private static HttpResponse<?> response(Decision<Authorization> decision) {
        return DecisionResponse.of(
                decision, UnaryOperator.identity(), decided -> response(decided.value(), decided.degraded()));
    }

    private static MutableHttpResponse<?> response(Authorization authorization, boolean degraded) {
        return switch (authorization) {
            case Authorized(var session, var quotas) -> {
                var visitor = new Visitor(
                        session == null ? null : session.userId().value(),
                        session == null ? null : session.id().text(),
                        null,
                        null,
                        quotas.exceeded(),
                        degraded);
                yield withQuotas(quotas, HttpResponse.ok(visitor));
            }
            case KeyAuthorized(var key, var quotas) -> {
                var visitor =
                        new Visitor(null, null, key.owner().value(), key.id().text(), quotas.exceeded(), degraded);
                yield withQuotas(quotas, HttpResponse.ok(visitor));
            }
            case Unauthorized(var reason) -> {
                var problem = Problem.of(
                                "session-invalid",
                                "Unauthorized",
                                401,
                                "Send the token of a live session, or the API key that the route requires.")
                        .with("degraded", degraded)
                        .withHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"example\"");
                yield reason == Reason.TOKEN_REUSED
                        ? problem.responseReportedAs("session-token-reused")
                        : problem.response();
            }
            case Forbidden(var _, var quotas) -> {
                var problem = Problem.of(
                                "forbidden",
                                "Forbidden",
                                403,
                                "The session or the API key lacks what the route requires.")
                        .with("degraded", degraded);
                yield withQuotas(quotas, problem.response());
            }
            case OverLimit(var _, var quotas) -> {
                var problem = QuotaExceeded.by(quotas).problem().with("degraded", degraded);
                yield withQuotas(quotas, problem.response());
            }
        };
    }

    private static MutableHttpResponse<?> withQuotas(CheckedLimits quotas, MutableHttpResponse<?> response) {
        QuotaHeaders.of(quotas).writeTo(response.getHeaders());
        return response;
    }
}
