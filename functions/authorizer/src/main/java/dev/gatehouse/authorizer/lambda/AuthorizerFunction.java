// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.gatehouse.authorizer.Authorization;
import dev.gatehouse.authorizer.Authorization.Authorized;
import dev.gatehouse.authorizer.Authorization.Forbidden;
import dev.gatehouse.authorizer.Authorization.KeyAuthorized;
import dev.gatehouse.authorizer.Authorization.OverLimit;
import dev.gatehouse.authorizer.Authorization.Unauthorized;
import dev.gatehouse.authorizer.Authorization.Unauthorized.Reason;
import dev.gatehouse.authorizer.RequestAuthorizer;
import dev.gatehouse.authorizer.lambda.AuthorizerEvent.Malformed;
import dev.gatehouse.authorizer.lambda.AuthorizerEvent.Request;
import dev.gatehouse.authorizer.lambda.AuthorizerResponse.Body;
import dev.gatehouse.authorizer.lambda.AuthorizerResponse.Failed;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.lambda.BasePath;
import dev.gatehouse.lambda.FunctionContext;
import dev.gatehouse.lambda.Invocation;
import dev.gatehouse.lambda.Snapshot;
import dev.gatehouse.telemetry.CurrentRequest;
import dev.gatehouse.telemetry.RequestFacts;
import dev.gatehouse.telemetry.Telemetry;
import dev.gatehouse.web.DeadlineFactory;
import io.micronaut.context.ApplicationContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves API Gateway's authorizer events of all kinds, and responds in the form of each API. An event fails the
 * invocation only if its API accepts a failure as the response.
 */
public final class AuthorizerFunction implements RequestStreamHandler {

    private static final Logger LOG = LoggerFactory.getLogger(AuthorizerFunction.class);

    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final RequestAuthorizer authorizer;
    private final AuthorizerResponseMapper responses;
    private final EventPath paths;
    private final DeadlineFactory deadlines;
    private final Telemetry telemetry;

    /** Starts the function; Lambda calls this constructor. */
    public AuthorizerFunction() {
        this(FunctionContext.start());
        Snapshot.prime(AuthorizerPriming::run);
    }

    /** Serves with the beans of {@code context}, which must be running. */
    AuthorizerFunction(ApplicationContext context) {
        authorizer = context.getBean(RequestAuthorizer.class);
        responses = context.getBean(AuthorizerResponseMapper.class);
        paths = new EventPath(context.getBean(BasePath.class).configured());
        deadlines = context.getBean(DeadlineFactory.class);
        telemetry = context.getBean(Telemetry.class);
    }

    @Override
    public void handleRequest(InputStream in, OutputStream out, @Nullable Context lambda) throws IOException {
        var event = AuthorizerEvent.read(in.readAllBytes(), paths);
        switch (Invocation.serve(lambda, Duration.ZERO, () -> respond(event, lambda))) {
            case Body(var json) -> json.writeTo(out);
            case Failed(var message) -> throw new AuthorizerFailure(message);
        }
    }

    private AuthorizerResponse respond(AuthorizerEvent event, @Nullable Context lambda) {
        var requestId = requestId(event, lambda);
        CurrentRequest.begin(requestId);
        CurrentRequest.setTenant(responses.tenant());
        return switch (event) {
            case Malformed malformed -> {
                LOG.warn("Denied an event that API Gateway does not send: {}", malformed.problem());
                report("invalid-request", 400, null, Duration.ZERO, requestId);
                yield AuthorizerResponseMapper.of(malformed);
            }
            case Request request -> authorize(request, requestId);
        };
    }

    /** Returns the gateway's id, which its own log contains; without one, the id of the invocation. */
    private static String requestId(AuthorizerEvent event, @Nullable Context lambda) {
        var gateways = event.requestId();
        return gateways != null ? gateways : lambda == null ? "none" : lambda.getAwsRequestId();
    }

    private AuthorizerResponse authorize(Request request, String requestId) {
        var start = System.nanoTime();
        try {
            // The stage completes by the deadline, which bounds this wait.
            var decision = authorizer
                    .authorize(request.request(), deadlines.next())
                    .toCompletableFuture()
                    .join();
            var response = responses.of(request, decision);
            report(decision, since(start), requestId);
            return response;
        } catch (RuntimeException e) {
            LOG.error("Request {} failed", requestId, e);
            report("internal-error", 500, null, since(start), requestId);
            return responses.unavailable(request, RETRY_AFTER);
        }
    }

    private static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private void report(Decision<Authorization> decision, Duration elapsed, String requestId) {
        switch (decision) {
            case Decided<Authorization>(var authorization, var source) -> {
                switch (authorization) {
                    case Authorized _, KeyAuthorized _ -> report("ok", 200, source, elapsed, requestId);
                    case Unauthorized(var reason) -> report(outcome(reason), 401, source, elapsed, requestId);
                    case Forbidden _ -> report("forbidden", 403, source, elapsed, requestId);
                    case OverLimit _ -> report("quota-exceeded", 429, source, elapsed, requestId);
                }
            }
            case Unavailable<Authorization> _ -> report("store-unavailable", 503, null, elapsed, requestId);
        }
    }

    private static String outcome(Reason reason) {
        return switch (reason) {
            case NO_SESSION -> "unauthorized";
            case TOKEN_REUSED -> "session-token-reused";
            case FOREIGN_ORIGIN -> "foreign-origin";
        };
    }

    /** Reports outcome and status as an HTTP function does, whatever API Gateway returns. */
    private void report(String outcome, int status, @Nullable Source source, Duration elapsed, String requestId) {
        telemetry.recordRequest(new RequestFacts(
                "authorizer", RequestFacts.NO_ROUTE, outcome, status, source, elapsed, requestId, responses.tenant()));
    }
}
