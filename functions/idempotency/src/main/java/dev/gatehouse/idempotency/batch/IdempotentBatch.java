// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.batch;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.events.DynamodbEvent;
import com.amazonaws.services.lambda.runtime.events.DynamodbEvent.DynamodbStreamRecord;
import com.amazonaws.services.lambda.runtime.events.KinesisEvent;
import com.amazonaws.services.lambda.runtime.events.KinesisEvent.KinesisEventRecord;
import com.amazonaws.services.lambda.runtime.events.SNSEvent;
import com.amazonaws.services.lambda.runtime.events.SNSEvent.SNSRecord;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.amazonaws.services.lambda.runtime.events.SQSEvent.SQSMessage;
import com.amazonaws.services.lambda.runtime.events.ScheduledEvent;
import com.amazonaws.services.lambda.runtime.events.StreamsEventResponse;
import dev.gatehouse.idempotency.ClaimLease;
import dev.gatehouse.idempotency.IdempotencyKey;
import dev.gatehouse.idempotency.IdempotentExecutor;
import dev.gatehouse.idempotency.Lifetime;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Processes each record of Lambda's events once: of all invocations that get a record, one runs its work. Needs {@code
 * aws-lambda-java-core} and {@code aws-lambda-java-events}, which are optional dependencies of this library.
 *
 * {@snippet :
 * public final class ShippingHandler implements RequestHandler<SQSEvent, SQSBatchResponse> {
 *
 *     private final IdempotentBatch orders = IdempotentBatch.over(IdempotentExecutor.fromEnvironment(), "orders");
 *
 *     public SQSBatchResponse handleRequest(SQSEvent event, Context context) {
 *         return orders.sqs(event, context)
 *                 .withKey(message -> Order.parse(message.getBody()).id())
 *                 .process(message -> ship(Order.parse(message.getBody())));
 *     }
 * }
 * }
 *
 * <p>The records are claimed in one flush, up to 500 at once. Then their works run one after the other. The leases are
 * renewed meanwhile and end with the invocation. A record is
 *
 * <ul>
 *   <li>successful if its work is done, here or before. Also if its completion had no reply from Redis or its claim was
 *       taken over: to report it as failed would repeat the work for certain.
 *   <li>failed, so that it comes again, if its work throws an exception; if another invocation works on it; if Redis does
 *       not reply to the claim; if its key is invalid or was used with another fingerprint; or if too little time is left.
 *       The claim is released unless another invocation holds it.
 * </ul>
 *
 * <p>A record with the key of an earlier one in the batch has the outcome of that record.
 *
 * <p>For SQS, Kinesis and DynamoDB, enable {@code ReportBatchItemFailures} in the event source mapping. Otherwise Lambda
 * ignores the response, and failed records are lost.
 *
 * <p>Immutable and thread-safe. Create one for each source, at the start of the function.
 */
public final class IdempotentBatch {

    private static final Lifetime DAY = new Lifetime(86_400);

    /** The single group of a source whose records are all in order. */
    private static final Optional<String> ALL = Optional.of("");

    final IdempotentExecutor executor;
    final String scope;
    final String tenant;
    final ClaimLease lease;
    final Lifetime lifetime;
    final Duration reserve;

    private IdempotentBatch(
            IdempotentExecutor executor,
            String scope,
            String tenant,
            ClaimLease lease,
            Lifetime lifetime,
            Duration reserve) {
        this.executor = executor;
        this.scope = scope;
        this.tenant = tenant;
        this.lease = lease;
        this.lifetime = lifetime;
        this.reserve = reserve;
    }

    /**
     * Creates the batches of one source, with leases of 30 s, a lifetime of a day and a reserve of 500 ms.
     *
     * @param scope the namespace of the keys, such as {@code orders}, see {@link IdempotencyKey}
     * @throws dev.gatehouse.validation.InvalidArgument if the scope is out of its bounds
     */
    public static IdempotentBatch over(IdempotentExecutor executor, String scope) {
        var _ = new IdempotencyKey(scope, "valid");
        return new IdempotentBatch(executor, scope, "default", new ClaimLease(30_000), DAY, Duration.ofMillis(500));
    }

    /** Returns batches of another tenant than {@code default}. */
    public IdempotentBatch withTenant(String other) {
        return new IdempotentBatch(executor, scope, other, lease, lifetime, reserve);
    }

    /** Returns batches with another lease: how long a crashed invocation keeps a record from others. */
    public IdempotentBatch withLease(ClaimLease other) {
        return new IdempotentBatch(executor, scope, tenant, other, lifetime, reserve);
    }

    /** Returns batches with another lifetime: how long a record that is done is skipped. */
    public IdempotentBatch withLifetime(Lifetime other) {
        return new IdempotentBatch(executor, scope, tenant, lease, other, reserve);
    }

    /**
     * Returns batches with another reserve: the time at the end of the invocation in which no work begins. Choose at least
     * the duration of a record's work.
     */
    public IdempotentBatch withReserve(Duration other) {
        return new IdempotentBatch(executor, scope, tenant, lease, lifetime, other);
    }

    /**
     * Returns the messages of SQS. The key is the message id by default, which differs if the sender sends a message twice.
     *
     * <p>In a FIFO queue, the messages of a group are processed in order. After a failure, the later ones of the group are not
     * processed and come again. Other groups go on.
     *
     * @return a batch whose response has the failed messages
     */
    public RecordBatch<SQSMessage, SQSBatchResponse> sqs(SQSEvent event, Context context) {
        return new RecordBatch<>(
                this,
                context,
                event.getRecords(),
                RecordSource.of(SQSMessage::getMessageId, SQSMessage::getMessageId, IdempotentBatch::fifoGroup),
                failures -> new SQSBatchResponse(failures.stream()
                        .map(failure -> new SQSBatchResponse.BatchItemFailure(failure.id()))
                        .toList()));
    }

    /** Returns the group of a message in a FIFO queue. In other queues a group does not imply an order. */
    private static Optional<String> fifoGroup(SQSMessage message) {
        var queue = message.getEventSourceArn();
        return queue != null && queue.endsWith(".fifo")
                ? Optional.of(message.getAttributes().getOrDefault("MessageGroupId", ""))
                : Optional.empty();
    }

    /**
     * Returns the records of a Kinesis stream, in order. The key is the event id by default. The batch stops at the first
     * failure, from which Lambda sends the records again.
     *
     * @return a batch whose response has the first failed record
     */
    public RecordBatch<KinesisEventRecord, StreamsEventResponse> kinesis(KinesisEvent event, Context context) {
        return new RecordBatch<>(
                this,
                context,
                event.getRecords(),
                RecordSource.of(
                        message -> message.getKinesis().getSequenceNumber(), KinesisEventRecord::getEventID, _ -> ALL),
                IdempotentBatch::firstOf);
    }

    /**
     * Returns the records of a DynamoDB stream, in order. The key is the event id by default. The batch stops at the first
     * failure, from which Lambda sends the records again.
     *
     * @return a batch whose response has the first failed record
     */
    public RecordBatch<DynamodbStreamRecord, StreamsEventResponse> dynamodb(DynamodbEvent event, Context context) {
        return new RecordBatch<>(
                this,
                context,
                event.getRecords(),
                RecordSource.of(
                        message -> message.getDynamodb().getSequenceNumber(),
                        DynamodbStreamRecord::getEventID,
                        _ -> ALL),
                IdempotentBatch::firstOf);
    }

    private static StreamsEventResponse firstOf(List<RecordFailure> failures) {
        return new StreamsEventResponse(failures.stream()
                .limit(1)
                .map(failure -> new StreamsEventResponse.BatchItemFailure(failure.id()))
                .toList());
    }

    /**
     * Returns the notifications of SNS. The key is the message id by default.
     *
     * @return a batch that throws {@link BatchFailed}, after all were tried, if one failed; otherwise the response is their
     *     number
     */
    public RecordBatch<SNSRecord, Integer> sns(SNSEvent event, Context context) {
        var records = event.getRecords();
        return unreported(
                context,
                records,
                RecordSource.of(
                        message -> message.getSNS().getMessageId(),
                        message -> message.getSNS().getMessageId(),
                        _ -> Optional.empty()));
    }

    /**
     * Returns the single event of EventBridge. The key is the event's id by default.
     *
     * @return a batch that throws {@link BatchFailed} if the event failed; otherwise the response is 1
     */
    public RecordBatch<ScheduledEvent, Integer> eventBridge(ScheduledEvent event, Context context) {
        return unreported(
                context,
                List.of(event),
                RecordSource.of(ScheduledEvent::getId, ScheduledEvent::getId, _ -> Optional.empty()));
    }

    private <R> RecordBatch<R, Integer> unreported(Context context, List<R> records, RecordSource<R> source) {
        return new RecordBatch<>(this, context, records, source, failures -> {
            if (!failures.isEmpty()) {
                throw new BatchFailed(failures, records.size());
            }
            return records.size();
        });
    }
}
