// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.batch;

import static dev.gatehouse.idempotency.batch.BatchInvocation.event;
import static dev.gatehouse.idempotency.batch.BatchInvocation.failed;
import static dev.gatehouse.idempotency.batch.BatchInvocation.patient;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.amazonaws.services.lambda.runtime.events.DynamodbEvent;
import com.amazonaws.services.lambda.runtime.events.KinesisEvent;
import com.amazonaws.services.lambda.runtime.events.SNSEvent;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.amazonaws.services.lambda.runtime.events.ScheduledEvent;
import com.amazonaws.services.lambda.runtime.events.StreamsEventResponse;
import dev.gatehouse.idempotency.IdempotentExecutor;
import dev.gatehouse.idempotency.RedisClaims;
import dev.gatehouse.redis.LinkProbe;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.testkit.ConcurrentTests;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The events of each source, as AWS documents them and its runtime client reads them. */
@ConcurrentTests
class EventSourcesTest {

    private static RedisProcess redis;
    private static RedisLink link;

    private final IdempotentBatch batch = IdempotentBatch.over(
                    new IdempotentExecutor(new RedisClaims(link), Duration.ofSeconds(10)), "orders")
            .withTenant("tenant-" + UUID.randomUUID());

    /** The orders of the works that ran, in order. */
    private final List<String> runs = new ArrayList<>();

    private String failing = "";

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        link = RedisLink.to(LinkProbe.patientSettings(redis.url()));
    }

    @AfterAll
    static void stop() {
        link.close();
        redis.close();
    }

    private void ship(String order) throws IOException {
        runs.add(order);
        if (order.equals(failing)) {
            throw new IOException(order + " failed");
        }
    }

    @Test
    void aStandardQueueGetsTheFailedMessagesAgainWithoutAnOrderEvenInGroups() {
        failing = "order-1";
        var event = event("sqs.json", SQSEvent.class);

        var response = batch.sqs(event, patient()).process(message -> ship(message.getBody()));

        assertThat(failed(response)).containsExactly("059f36b4-87a3-44ab-83d2-661975830a7d");
        assertThat(runs).containsExactly("order-1", "order-2", "order-3");
        failing = "";
        assertThat(failed(batch.sqs(event, patient()).process(message -> ship(message.getBody()))))
                .isEmpty();
        assertThat(runs).containsExactly("order-1", "order-2", "order-3", "order-1");
    }

    @Test
    void aFifoQueueGetsTheFailedMessageAndTheLaterOnesOfItsGroupAgain() {
        failing = "order-1";
        var event = event("sqs-fifo.json", SQSEvent.class);

        var response = batch.sqs(event, patient()).process(message -> ship(message.getBody()));

        assertThat(failed(response))
                .containsExactly("11d6ee51-4cc7-4302-9e22-7cd8afdaadf1", "11d6ee51-4cc7-4302-9e22-7cd8afdaadf3");
        assertThat(runs).as("the other group goes on").containsExactly("order-1", "order-2", "order-4");
        failing = "";
        assertThat(failed(batch.sqs(event, patient()).process(message -> ship(message.getBody()))))
                .isEmpty();
        assertThat(runs.subList(3, runs.size())).containsExactly("order-1", "order-3");
    }

    @Test
    void aKinesisStreamContinuesAtTheFirstFailure() {
        failing = "order-2";
        var event = event("kinesis.json", KinesisEvent.class);

        assertThat(failedRecords(kinesis(event))).containsExactly("49590338271490256608692552");

        assertThat(runs).containsExactly("order-1", "order-2");
        failing = "";
        assertThat(failedRecords(kinesis(event))).isEmpty();
        assertThat(runs).containsExactly("order-1", "order-2", "order-2", "order-3");
    }

    private StreamsEventResponse kinesis(KinesisEvent event) {
        return batch.kinesis(event, patient())
                .process(message -> ship(StandardCharsets.UTF_8
                        .decode(message.getKinesis().getData().duplicate())
                        .toString()));
    }

    @Test
    void aDynamoDbStreamContinuesAtTheFirstFailure() {
        failing = "order-2";
        var event = event("dynamodb.json", DynamodbEvent.class);

        assertThat(failedRecords(dynamodb(event))).containsExactly("4421584000000000002850685502");

        assertThat(runs).containsExactly("order-1", "order-2");
        failing = "";
        assertThat(failedRecords(dynamodb(event))).isEmpty();
        assertThat(runs).containsExactly("order-1", "order-2", "order-2", "order-3");
    }

    private StreamsEventResponse dynamodb(DynamodbEvent event) {
        return batch.dynamodb(event, patient())
                .process(message ->
                        ship(message.getDynamodb().getNewImage().get("Id").getS()));
    }

    private static List<String> failedRecords(StreamsEventResponse response) {
        return response.getBatchItemFailures().stream()
                .map(StreamsEventResponse.BatchItemFailure::getItemIdentifier)
                .toList();
    }

    @Test
    void afterAFailedNotificationOfSnsTheInvocationFailsAndTheOthersAreDone() {
        failing = "order-1";
        var event = event("sns.json", SNSEvent.class);

        assertThatThrownBy(() -> batch.sns(event, patient())
                        .process(message -> ship(message.getSNS().getMessage())))
                .isInstanceOf(BatchFailed.class)
                .hasMessage("1 of 2 records failed")
                .satisfies(failure -> assertThat(failure.getSuppressed())
                        .singleElement()
                        .isInstanceOfSatisfying(
                                IOException.class, cause -> assertThat(cause).hasMessage("order-1 failed")));

        failing = "";
        assertThat(batch.sns(event, patient())
                        .process(message -> ship(message.getSNS().getMessage())))
                .isEqualTo(2);
        assertThat(runs).containsExactly("order-1", "order-2", "order-1");
    }

    @Test
    void afterAFailedEventOfEventBridgeTheInvocationFails() {
        failing = "order-1";
        var event = event("event-bridge.json", ScheduledEvent.class);
        RecordWork<ScheduledEvent> work =
                placed -> ship((String) placed.getDetail().get("order"));

        assertThatThrownBy(() -> batch.eventBridge(event, patient()).process(work))
                .isInstanceOf(BatchFailed.class);

        failing = "";
        assertThat(batch.eventBridge(event, patient()).process(work)).isEqualTo(1);
        assertThat(batch.eventBridge(event, patient()).process(work))
                .as("again")
                .isEqualTo(1);
        assertThat(runs).containsExactly("order-1", "order-1");
    }
}
