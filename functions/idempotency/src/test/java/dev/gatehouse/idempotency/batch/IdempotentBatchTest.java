// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.batch;

import static dev.gatehouse.idempotency.batch.BatchInvocation.FIFO;
import static dev.gatehouse.idempotency.batch.BatchInvocation.ending;
import static dev.gatehouse.idempotency.batch.BatchInvocation.failed;
import static dev.gatehouse.idempotency.batch.BatchInvocation.messages;
import static dev.gatehouse.idempotency.batch.BatchInvocation.patient;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.amazonaws.services.lambda.runtime.events.SQSEvent.SQSMessage;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.idempotency.ClaimLease;
import dev.gatehouse.idempotency.ClaimStore;
import dev.gatehouse.idempotency.IdempotencyKey;
import dev.gatehouse.idempotency.IdempotentExecutor;
import dev.gatehouse.idempotency.Inspection;
import dev.gatehouse.idempotency.RedisClaims;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.LinkProbe;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.testkit.ConcurrentTests;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.redis.RedisProcess;
import dev.gatehouse.validation.InvalidArgument;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The outcome of each record of a batch, on messages whose body is their key. */
@ConcurrentTests
class IdempotentBatchTest {

    private static RedisProcess redis;
    private static RedisLink link;

    private final ClaimStore claims = new RedisClaims(link);
    private final String tenant = "tenant-" + UUID.randomUUID();
    private final IdempotentBatch batch = IdempotentBatch.over(
                    new IdempotentExecutor(claims, Duration.ofSeconds(10)), "orders")
            .withTenant(tenant);

    /** The bodies of the works that ran, in order. */
    private final List<String> runs = new ArrayList<>();

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

    private List<String> process(SQSEvent event) {
        return process(event, patient(), this::run);
    }

    private List<String> process(SQSEvent event, Context context, RecordWork<SQSMessage> work) {
        return failed(batch.sqs(event, context).process(work));
    }

    private void run(SQSMessage message) {
        runs.add(message.getBody());
    }

    private void fail(SQSMessage message) throws IOException {
        run(message);
        throw new IOException("failed");
    }

    private void invalidate(String key) {
        claims.invalidate(tenant, new IdempotencyKey("orders", key), Deadline.in(Duration.ofSeconds(20)))
                .toCompletableFuture()
                .join();
    }

    private Inspection state(String key) {
        var decision = claims.inspect(tenant, new IdempotencyKey("orders", key), Deadline.in(Duration.ofSeconds(20)))
                .toCompletableFuture()
                .join();
        return ((Decided<Inspection>) decision).value();
    }

    @Test
    void recordsThatAreDoneAreSkipped() {
        assertThat(process(messages("a", "b"))).isEmpty();

        assertThat(process(messages("b", "c", "a"))).isEmpty();

        assertThat(runs).containsExactly("a", "b", "c");
    }

    @Test
    void allRecordsAreClaimedInOneFlush() {
        try (var wire = FaultProxy.inFrontOf(redis);
                var counted = RedisLink.to(LinkProbe.patientSettings("redis://" + wire.host() + ":" + wire.port()))) {
            var executor = new IdempotentExecutor(new RedisClaims(counted), Duration.ofSeconds(10));
            var orders = IdempotentBatch.over(executor, "orders").withTenant(tenant);
            var event =
                    messages(BatchInvocation.STANDARD, IntStream.range(0, 100).mapToObj(n -> "m" + n));
            orders.sqs(event, patient()).process(this::run);
            var before = wire.traffic();

            orders.sqs(event, patient()).process(this::run);

            var traffic = wire.traffic().since(before);
            assertThat(traffic.forwarded("EVALSHA")).isEqualTo(100);
            // TCP may split a flush.
            assertThat(traffic.commandReads()).isLessThan(10);
            assertThat(runs).hasSize(100);
        }
    }

    @Test
    void aLargeBatchIsProcessedInParts() {
        int size = 2 * BatchRun.CLAIMED_TOGETHER + 1;
        var bodies = IntStream.range(0, size).mapToObj(n -> "m" + n).toList();

        assertThat(process(messages(BatchInvocation.STANDARD, bodies.stream()))).isEmpty();

        assertThat(runs).isEqualTo(bodies);
    }

    @Test
    void failedWorkComesAgainAndItsKeyIsFree() {
        assertThat(process(messages("a"), patient(), this::fail)).containsExactly("a");
        assertThat(state("a")).isEqualTo(new Inspection.Absent());

        assertThat(process(messages("a"))).isEmpty();
        assertThat(runs).containsExactly("a", "a");
    }

    @Test
    void aRecordInFlightElsewhereComesAgain() {
        process(messages("a"), patient(), message -> {
            run(message);
            assertThat(process(messages("a", "b"))).containsExactly("a");
        });

        assertThat(runs).containsExactly("a", "b");
        assertThat(process(messages("a"))).as("done").isEmpty();
    }

    @Test
    void aRecordWithTheKeyOfAnEarlierOneHasItsOutcome() {
        var twice = messages("1", "2", "3");
        assertThat(failed(batch.sqs(twice, patient()).withKey(_ -> "same").process(this::run)))
                .isEmpty();
        assertThat(runs).containsExactly("1");

        assertThat(failed(batch.sqs(twice, patient()).withKey(_ -> "other").process(this::fail)))
                .containsExactly("1", "2", "3");
        assertThat(runs).as("run once, failed once").containsExactly("1", "1");
    }

    @Test
    void aKeyReusedWithAnotherFingerprintFailsAlone() {
        var response = batch.sqs(messages("1", "2", "3"), patient())
                .withKey(_ -> "same")
                .withFingerprint(message -> message.getBody().equals("2") ? "sha-2" : "sha-1")
                .process(this::run);

        assertThat(failed(response)).containsExactly("2");
        assertThat(runs).containsExactly("1");

        var again = batch.sqs(messages("2", "3"), patient())
                .withKey(_ -> "same")
                .withFingerprint(message -> message.getBody().equals("2") ? "sha-2" : "sha-1")
                .process(this::run);
        assertThat(failed(again)).as("3 is done").containsExactly("2");
    }

    @Test
    void anInvalidKeyFailsAlone() {
        for (var invalid : Stream.of("", "größe", "x".repeat(256), null).toList()) {
            var response = batch.sqs(messages("1", "2"), patient())
                    .withKey(message -> message.getBody().equals("1")
                            ? invalid
                            : UUID.randomUUID().toString())
                    .process(this::run);
            assertThat(failed(response)).as(invalid).containsExactly("1");
        }
        var response = batch.sqs(messages("1", "2"), patient())
                .withKey(message -> {
                    if (message.getBody().equals("1")) {
                        throw new IllegalStateException("no order");
                    }
                    return "valid";
                })
                .process(this::run);
        assertThat(failed(response)).containsExactly("1");
        assertThat(runs).hasSize(5).containsOnly("2");
    }

    @Test
    void aFifoGroupStopsAtAnInvalidKeyAndKeepsItsOrder() {
        var response = batch.sqs(messages(FIFO, Stream.of("a1", "b1", "a2", "b2")), patient())
                .withKey(message -> message.getBody().equals("a1") ? "" : message.getBody())
                .process(this::run);

        assertThat(failed(response)).containsExactly("a1", "a2");
        assertThat(runs).containsExactly("b1", "b2");
        assertThat(state("a2")).as("released").isEqualTo(new Inspection.Absent());
    }

    @Test
    void aFifoGroupStopsAtARecordInFlightElsewhere() {
        process(messages("a1"), patient(), message -> {
            run(message);
            assertThat(process(messages(FIFO, Stream.of("a1", "a2", "b1")))).containsExactly("a1", "a2");
        });

        assertThat(runs).containsExactly("a1", "b1");
        assertThat(state("a2")).isEqualTo(new Inspection.Absent());
    }

    @Test
    void noWorkBeginsInTheReserveOfTheInvocation() {
        var context = ending(Duration.ofSeconds(30));
        var reserving = batch.withReserve(Duration.ofSeconds(29));

        var response = reserving.sqs(messages("a", "b", "c"), context).process(message -> {
            run(message);
            await().pollInterval(Duration.ofMillis(10)).until(() -> context.getRemainingTimeInMillis() < 29_000);
        });

        assertThat(failed(response)).containsExactly("b", "c");
        assertThat(runs).containsExactly("a");
        assertThat(state("b")).as("released").isEqualTo(new Inspection.Absent());
        assertThat(failed(reserving.sqs(messages("d"), context).process(this::run)))
                .containsExactly("d");
    }

    @Test
    void leasesAreRenewedWhileRecordsWaitAndEndWithTheInvocation() {
        var context = ending(Duration.ofSeconds(20));
        var brief = batch.withLease(new ClaimLease(400));

        brief.sqs(messages("a", "b"), context).process(message -> {
            run(message);
            if (message.getBody().equals("a")) {
                var first = ((Inspection.InFlight) state("b")).leaseEnds();
                await().until(() ->
                        ((Inspection.InFlight) state("b")).leaseEnds().isAfter(first.plusMillis(800)));
            }
        });
        assertThat(runs).containsExactly("a", "b");

        batch.withReserve(Duration.ZERO)
                .sqs(messages("c"), ending(Duration.ofSeconds(2)))
                .process(_ -> {
                    var inFlight = (Inspection.InFlight) state("c");
                    assertThat(Duration.between(inFlight.claimedAt(), inFlight.leaseEnds()))
                            .isLessThanOrEqualTo(Duration.ofSeconds(2));
                    assertThat(inFlight.claimedBy()).isEqualTo(context.getAwsRequestId());
                });
    }

    /** The renewals find that another has the claim. */
    @Test
    void workThatAnotherHasDoneMeanwhileIsNotRepeated() {
        var brief = batch.withLease(new ClaimLease(100));

        var response = brief.sqs(messages("a", "b", "c"), patient()).process(message -> {
            run(message);
            if (message.getBody().equals("a")) {
                invalidate("b");
                assertThat(process(messages("b"))).isEmpty();
                var renewed = Deadline.in(Duration.ofMillis(300));
                await().until(renewed::isSpent);
            }
        });

        assertThat(failed(response)).isEmpty();
        assertThat(runs).containsExactly("a", "b", "c");
    }

    @Test
    void anErrorEndsTheInvocationAndReleasesAllClaims() {
        assertThatThrownBy(() -> process(messages("a", "b", "c"), patient(), message -> {
                    run(message);
                    if (message.getBody().equals("b")) {
                        throw new OutOfMemoryError("test");
                    }
                }))
                .isInstanceOf(OutOfMemoryError.class);

        assertThat(state("b")).isEqualTo(new Inspection.Absent());
        assertThat(state("c")).isEqualTo(new Inspection.Absent());
        assertThat(process(messages("a", "b", "c"))).isEmpty();
        assertThat(runs).containsExactly("a", "b", "b", "c");
    }

    @Test
    void workWhoseClaimWasInvalidatedIsDoneAndNotRepeated() {
        assertThat(process(messages("a"), patient(), message -> {
                    run(message);
                    invalidate("a");
                }))
                .isEmpty();
    }

    @Test
    void anInterruptedInvocationStaysInterrupted() {
        assertThat(process(messages("a"), patient(), _ -> {
                    throw new InterruptedException();
                }))
                .containsExactly("a");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void anInvalidScopeIsRejectedAtOnce() {
        assertThatThrownBy(() -> IdempotentBatch.over(new IdempotentExecutor(claims, Duration.ZERO), "a b"))
                .isInstanceOf(InvalidArgument.class);
    }
}
