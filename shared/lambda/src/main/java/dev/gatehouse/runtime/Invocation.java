package dev.gatehouse.runtime;

import com.amazonaws.services.lambda.runtime.ClientContext;
import com.amazonaws.services.lambda.runtime.CognitoIdentity;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import dev.gatehouse.telemetry.StandardOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a handler is invoked with: the event, and what Lambda tells beside.
 *
 * @param event JSON
 * @param requestId its id
 * @param deadlineMillis when Lambda ends it, of the epoch
 * @param functionArn whom the caller named, an alias or a version too
 */
@SuppressWarnings("ArrayRecordComponent") // Nobody compares invocations.
record Invocation(
        byte[] event,
        String requestId,
        long deadlineMillis,
        @Nullable String functionArn) implements Context {

    /** @throws IOException if {@code reply} tells of no invocation */
    static Invocation of(KeptConnection.Reply reply) throws IOException {
        var requestId = reply.header("lambda-runtime-aws-request-id");
        var deadline = reply.header("lambda-runtime-deadline-ms");
        if (reply.status() != 200 || requestId == null || deadline == null) {
            throw new IOException("no event, but status " + reply.status());
        }
        try {
            return new Invocation(
                    reply.body(),
                    requestId,
                    Long.parseLong(deadline),
                    reply.header("lambda-runtime-invoked-function-arn"));
        } catch (NumberFormatException e) {
            throw new IOException("an event without a deadline", e);
        }
    }

    @Override
    public String getAwsRequestId() {
        return requestId;
    }

    @Override
    public int getRemainingTimeInMillis() {
        return Math.clamp(deadlineMillis - System.currentTimeMillis(), Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    @Override
    public @Nullable String getInvokedFunctionArn() {
        return functionArn;
    }

    @Override
    public @Nullable String getFunctionName() {
        return System.getenv("AWS_LAMBDA_FUNCTION_NAME");
    }

    @Override
    public @Nullable String getFunctionVersion() {
        return System.getenv("AWS_LAMBDA_FUNCTION_VERSION");
    }

    @Override
    public @Nullable String getLogGroupName() {
        return System.getenv("AWS_LAMBDA_LOG_GROUP_NAME");
    }

    @Override
    public @Nullable String getLogStreamName() {
        return System.getenv("AWS_LAMBDA_LOG_STREAM_NAME");
    }

    @Override
    public int getMemoryLimitInMB() {
        return Integer.parseInt(Objects.requireNonNullElse(System.getenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"), "128"));
    }

    /** None: who a mobile app's user is, no handler here asks. */
    @Override
    public @Nullable CognitoIdentity getIdentity() {
        return null;
    }

    /** None, as {@link #getIdentity}. */
    @Override
    public @Nullable ClientContext getClientContext() {
        return null;
    }

    @Override
    public LambdaLogger getLogger() {
        return new LambdaLogger() {

            @Override
            public void log(String message) {
                StandardOutput.print(message);
            }

            @Override
            public void log(byte[] message) {
                log(new String(message, StandardCharsets.UTF_8));
            }
        };
    }
}
