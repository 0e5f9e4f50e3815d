// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.batch;

import com.amazonaws.services.lambda.runtime.ClientContext;
import com.amazonaws.services.lambda.runtime.CognitoIdentity;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.amazonaws.services.lambda.runtime.events.SQSEvent.SQSMessage;
import com.amazonaws.services.lambda.runtime.serialization.events.LambdaEventSerializers;
import dev.gatehouse.redis.Deadline;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** An invocation of a function: its context and its event. */
record BatchInvocation(Deadline end) implements Context {

    static final String FIFO = "arn:aws:sqs:us-east-2:123456789012:orders.fifo";
    static final String STANDARD = "arn:aws:sqs:us-east-2:123456789012:orders";

    /** Returns a context with more time than any test takes. */
    static Context patient() {
        return ending(Duration.ofMinutes(5));
    }

    static Context ending(Duration remaining) {
        return new BatchInvocation(Deadline.in(remaining));
    }

    /** Returns the event of a resource, as AWS's runtime client converts it. */
    static <T> T event(String resource, Class<T> type) {
        try (var json = BatchInvocation.class.getResourceAsStream(resource)) {
            return LambdaEventSerializers.serializerFor(type, BatchInvocation.class.getClassLoader())
                    .fromJson(new String(json.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns messages of a queue; the body of each is its id, too. */
    static SQSEvent messages(String queue, Stream<String> bodies) {
        var event = new SQSEvent();
        event.setRecords(bodies.map(body -> message(queue, body)).toList());
        return event;
    }

    static SQSEvent messages(String... bodies) {
        return messages(STANDARD, Stream.of(bodies));
    }

    private static SQSMessage message(String queue, String body) {
        var message = new SQSMessage();
        message.setMessageId(body);
        message.setBody(body);
        message.setEventSourceArn(queue);
        // The group is the first letter.
        message.setAttributes(Map.of("MessageGroupId", body.substring(0, 1)));
        return message;
    }

    static List<String> failed(SQSBatchResponse response) {
        return response.getBatchItemFailures().stream()
                .map(SQSBatchResponse.BatchItemFailure::getItemIdentifier)
                .toList();
    }

    @Override
    public String getAwsRequestId() {
        return "8f507cfc-example";
    }

    @Override
    public int getRemainingTimeInMillis() {
        return Math.toIntExact(TimeUnit.NANOSECONDS.toMillis(Math.max(0, end.remainingNanos())));
    }

    @Override
    public String getLogGroupName() {
        return "";
    }

    @Override
    public String getLogStreamName() {
        return "";
    }

    @Override
    public String getFunctionName() {
        return "orders";
    }

    @Override
    public String getFunctionVersion() {
        return "1";
    }

    @Override
    public String getInvokedFunctionArn() {
        return "";
    }

    @Override
    public CognitoIdentity getIdentity() {
        return null;
    }

    @Override
    public ClientContext getClientContext() {
        return null;
    }

    @Override
    public int getMemoryLimitInMB() {
        return 512;
    }

    @Override
    public LambdaLogger getLogger() {
        return null;
    }
}
