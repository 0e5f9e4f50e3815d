package dev.gatehouse.authorizer.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.gatehouse.authorizer.Gate;
import dev.gatehouse.authorizer.GateSettings;
import dev.gatehouse.authorizer.lambda.Answers.WhenUnavailable;
import dev.gatehouse.authorizer.lambda.Event.Form;
import dev.gatehouse.authorizer.lambda.Event.Malformed;
import dev.gatehouse.authorizer.lambda.Outcome.Failed;
import dev.gatehouse.authorizer.lambda.Outcome.Told;
import dev.gatehouse.lambda.EmfLines;
import dev.gatehouse.lambda.PrintedLogs;
import dev.gatehouse.lambda.Start;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.RedisSettings;
import dev.gatehouse.telemetry.CommandLog;
import dev.gatehouse.telemetry.CurrentRequest;
import dev.gatehouse.telemetry.JsonLine;
import dev.gatehouse.telemetry.LinkTally;
import dev.gatehouse.telemetry.StandardOutput;
import dev.gatehouse.telemetry.Telemetry;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Lambda handler: API Gateway's authorizer events of all kinds, each answered as its API takes it. Nothing outlives an
 * invocation, and no event, however malformed, makes it fail but as its API wants it to.
 *
 * <p>It is put together by hand: a container of beans would take longer to start than all that there is to start.
 */
public final class AuthorizerFunction implements RequestStreamHandler {

    private static final Logger LOG = LoggerFactory.getLogger(AuthorizerFunction.class);

    /** For writing the answer and handing it to Lambda. */
    private static final Duration MARGIN = Duration.ofMillis(50);

    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final Start start;
    private final RedisLink link;
    private final Gate gate;
    private final Answers answers;
    private final Duration budget;
    private final Telemetry telemetry;

    /** As Lambda makes it. */
    public AuthorizerFunction() {
        this(System.getenv(), StandardOutput::print);
        Runtime.getRuntime().addShutdownHook(new Thread(link::close, "gatehouse-close"));
        start.rehearse(new Rehearsal());
    }

    /**
     * @param lines takes those of metrics
     * @throws dev.gatehouse.redis.InvalidSetting if {@code environment} is wrong; Lambda logs its one line
     */
    AuthorizerFunction(Map<String, String> environment, Consumer<JsonLine> lines) {
        PrintedLogs.settings(environment);
        var redis = RedisSettings.fromEnvironment(environment);
        start = Start.of(redis, environment);
        var settings = GateSettings.from(environment);
        var unavailable = WhenUnavailable.from(environment);
        link = start.link();
        gate = Gate.over(link, settings);
        answers = new Answers(settings.tenant(), unavailable);
        budget = redis.decisionBudget();
        CommandLog.of(link, environment);
        telemetry = telemetry(link, environment.getOrDefault("AWS_LAMBDA_FUNCTION_NAME", "gatehouse"), lines);
    }

    private static Telemetry telemetry(RedisLink link, String name, Consumer<JsonLine> lines) {
        var tally = new LinkTally();
        link.addOutageListener(tally);
        link.addCommandListener(tally);
        return new EmfLines(name, tally, System::currentTimeMillis, lines);
    }

    @Override
    public void handleRequest(InputStream in, OutputStream out, @Nullable Context lambda) throws IOException {
        switch (outcome(Event.read(in.readAllBytes()), lambda)) {
            case Told told -> out.write(told.json().getBytes(StandardCharsets.UTF_8));
            case Failed(var message) -> throw new Failure(message);
        }
    }

    private Outcome outcome(Event event, @Nullable Context lambda) {
        var requestId = requestId(event, lambda);
        CurrentRequest.begins(requestId);
        CurrentRequest.isOf(answers.tenant());
        try {
            return switch (event) {
                case Malformed(var form, var why, var _) -> deny(form, why, requestId);
                case Event.Request request -> decide(request, requestId, lambda);
            };
        } finally {
            CurrentRequest.ends();
        }
    }

    /** The gateway's, which its own log has too; else the invocation's. */
    private static String requestId(Event event, @Nullable Context lambda) {
        var gateways = event.requestId();
        return gateways != null ? gateways : lambda == null ? "none" : lambda.getAwsRequestId();
    }

    private Outcome deny(Form form, String why, String requestId) {
        LOG.warn("Denied an event that is none of API Gateway's: {}", why);
        telemetry.answered(Facts.MALFORMED.request(answers.tenant(), requestId, Duration.ZERO));
        return Answers.toMalformed(form);
    }

    private Outcome decide(Event.Request request, String requestId, @Nullable Context lambda) {
        var began = System.nanoTime();
        var caller = request.caller();
        var facts = Facts.FAILED;
        try {
            var token = gate.tokenOf(caller.headers()::values, caller.cookies());
            // It completes by the deadline, so this does not wait for ever.
            var answer = gate.admit(token, caller.address(), deadline(lambda))
                    .toCompletableFuture()
                    .join();
            facts = Facts.of(answer);
            return answers.to(request, answer);
        } catch (RuntimeException e) {
            LOG.error("Request {} failed", requestId, e);
            facts = Facts.FAILED;
            return answers.unavailable(request, RETRY_AFTER);
        } finally {
            telemetry.answered(facts.request(answers.tenant(), requestId, Duration.ofNanos(System.nanoTime() - began)));
        }
    }

    /** The budget that Redis's settings give a decision, or what is left of the invocation. */
    private Deadline deadline(@Nullable Context lambda) {
        return lambda == null
                ? Deadline.in(budget)
                : Deadline.in(Duration.ofMillis(lambda.getRemainingTimeInMillis())
                                .minus(MARGIN))
                        .atMost(budget);
    }

    /** Ends its connection. */
    void close() {
        link.close();
    }
}
