// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local;

import dev.gatehouse.authorizer.Authorization;
import dev.gatehouse.authorizer.Authorization.Authorized;
import dev.gatehouse.authorizer.GatewayRequest;
import dev.gatehouse.authorizer.RequestAuthorizer;
import dev.gatehouse.authorizer.RoutePath;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.realtime.presence.MemberConnection;
import dev.gatehouse.session.Session;
import dev.gatehouse.validation.InvalidArgument;
import dev.gatehouse.web.DeadlineFactory;
import io.micronaut.context.BeanProvider;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Authorizes the handshakes of {@link RealtimeSocket} by a session, as API Gateway's {@code $connect} does. */
@ServerFilter(ServerFilter.MATCH_ALL_PATTERN)
final class SocketFilter {

    private static final String SESSION = SocketFilter.class.getName();

    private final BeanProvider<RequestAuthorizer> authorizer;
    private final BeanProvider<DeadlineFactory> deadlines;

    SocketFilter(BeanProvider<RequestAuthorizer> authorizer, BeanProvider<DeadlineFactory> deadlines) {
        this.authorizer = authorizer;
        this.deadlines = deadlines;
    }

    /** Returns the session by which a handshake was authorized. */
    static Session sessionOf(HttpRequest<?> request) {
        return request.getAttribute(SESSION, Session.class).orElseThrow();
    }

    @RequestFilter
    CompletionStage<Optional<HttpResponse<?>>> authorize(HttpRequest<?> request) {
        // The router ignores a slash at the end.
        if (!request.getPath().equals(RealtimeSocket.PATH) && !request.getPath().equals(RealtimeSocket.PATH + "/")) {
            return CompletableFuture.completedStage(Optional.empty());
        }
        var received = new GatewayRequest(
                GatewayRequest.CONNECT,
                RoutePath.ofEncoded(request.getUri().getRawPath()),
                request.getHeaders()::getAll,
                List.of(),
                request.getRemoteAddress().getAddress().getHostAddress());
        return authorizer
                .get()
                .authorize(received, deadlines.get().next())
                .thenApply(decision -> admit(request, decision));
    }

    private static Optional<HttpResponse<?>> admit(HttpRequest<?> request, Decision<Authorization> decision) {
        if (decision instanceof Decided<Authorization>(Authorized(var session, var quotas), var _)
                && session != null
                && !quotas.exceeded()
                && InvalidArgument.isVisible(session.userId().value(), 1, MemberConnection.MAX_LENGTH)) {
            request.setAttribute(SESSION, session);
            return Optional.empty();
        }
        return Optional.of(ProtectedExample.denial(decision));
    }
}
