package dev.gatehouse.authorizer.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.gatehouse.authorizer.Gate;
import dev.gatehouse.authorizer.lambda.Event.Form;
import dev.gatehouse.authorizer.lambda.Event.Malformed;
import dev.gatehouse.authorizer.lambda.Outcome.Failed;
import dev.gatehouse.authorizer.lambda.Outcome.Told;
import dev.gatehouse.lambda.FunctionContext;
import dev.gatehouse.lambda.Invocation;
import dev.gatehouse.lambda.Snapshot;
import dev.gatehouse.redis.config.InvalidSetting;
import dev.gatehouse.telemetry.CurrentRequest;
import dev.gatehouse.telemetry.Telemetry;
import dev.gatehouse.web.Deadlines;
import io.micronaut.context.ApplicationContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
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

    private final Gate gate;
    private final Answers answers;
    private final Deadlines deadlines;
    private final Telemetry telemetry;

    /** Starts the function; Lambda calls this constructor. */
    public AuthorizerFunction() {
        this(FunctionContext.start());
        Snapshot.prime(Priming::run);
    }

    /** Serves with the beans of {@code context}, which must be running. */
    AuthorizerFunction(ApplicationContext context) {
        try {
            gate = context.getBean(Gate.class);
            answers = context.getBean(Answers.class);
            deadlines = context.getBean(Deadlines.class);
            telemetry = context.getBean(Telemetry.class);
        } catch (RuntimeException e) {
            var invalid = InvalidSetting.behind(e);
            throw invalid == null ? e : invalid;
        }
    }

    @Override
    public void handleRequest(InputStream in, OutputStream out, @Nullable Context lambda) throws IOException {
        var event = Event.read(in.readAllBytes());
        switch (Invocation.serve(lambda, Duration.ZERO, () -> outcome(event, lambda))) {
            case Told told -> out.write(told.json().getBytes(StandardCharsets.UTF_8));
            case Failed(var message) -> throw new Failure(message);
        }
    }

    private Outcome outcome(Event event, @Nullable Context lambda) {
        var requestId = requestId(event, lambda);
        CurrentRequest.begin(requestId);
        CurrentRequest.setTenant(answers.tenant());
        return switch (event) {
            case Malformed(var form, var why, var _) -> deny(form, why, requestId);
            case Event.Request request -> decide(request, requestId);
        };
    }

    /** Returns the gateway's id, which its own log contains; without one, the id of the invocation. */
    private static String requestId(Event event, @Nullable Context lambda) {
        var gateways = event.requestId();
        return gateways != null ? gateways : lambda == null ? "none" : lambda.getAwsRequestId();
    }

    private Outcome deny(Form form, String why, String requestId) {
        LOG.warn("Denied an event that is none of API Gateway's: {}", why);
        telemetry.recordRequest(Facts.MALFORMED.request(answers.tenant(), requestId, Duration.ZERO));
        return Answers.toMalformed(form);
    }

    private Outcome decide(Event.Request request, String requestId) {
        var began = System.nanoTime();
        var caller = request.caller();
        var facts = Facts.FAILED;
        try {
            var token = gate.tokenOf(caller.headers()::values, caller.cookies());
            // The stage completes by the deadline, which bounds this wait.
            var answer = gate.admit(token, caller.address(), deadlines.next())
                    .toCompletableFuture()
                    .join();
            facts = Facts.of(answer);
            return answers.to(request, answer);
        } catch (RuntimeException e) {
            LOG.error("Request {} failed", requestId, e);
            facts = Facts.FAILED;
            return answers.unavailable(request, RETRY_AFTER);
        } finally {
            telemetry.recordRequest(
                    facts.request(answers.tenant(), requestId, Duration.ofNanos(System.nanoTime() - began)));
        }
    }
}
