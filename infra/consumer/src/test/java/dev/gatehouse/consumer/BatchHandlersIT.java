// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.testkit.ConcurrentTests;
import dev.gatehouse.testkit.Threads;
import dev.gatehouse.testkit.lambda.FunctionProcess;
import dev.gatehouse.testkit.lambda.LambdaRuntimeStub.Ending;
import dev.gatehouse.testkit.lambda.LambdaRuntimeStub.Result;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Handlers without Micronaut. AWS's runtime client starts them, and converts the events and the responses. */
@ConcurrentTests
class BatchHandlersIT {

    private static final Duration TIMEOUT = Duration.ofMinutes(1);
    private static final Pattern FAILED = Pattern.compile("\"itemIdentifier\":\"([^\"]+)\"");

    private static RedisProcess redis;
    private static CarrierStub carrier;

    /** Two instances of the function of a queue. */
    private static List<FunctionProcess> queue;

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        carrier = CarrierStub.start();
        queue = List.of(function("ShippingHandler"), function("ShippingHandler"));
    }

    @AfterAll
    static void stop() {
        queue.forEach(FunctionProcess::close);
        carrier.close();
        redis.close();
    }

    private static FunctionProcess function(String handler) {
        return LambdaPackage.function("com.example." + handler, redis.url())
                .env("CARRIER_URL", carrier.url())
                .start();
    }

    /** Returns the documented event of a source. Its orders are renamed, because all tests call one carrier. */
    private static SourceEvent event(String source, String name) {
        return SourceEvent.parse(SourceEvent.documented(source).replace("order-", name + "-"));
    }

    private static String response(FunctionProcess function, String event) {
        return function.invoke(event, TIMEOUT).response();
    }

    private static String failed(String... ids) {
        return Stream.of(ids)
                .map("{\"itemIdentifier\":\"%s\"}"::formatted)
                .collect(Collectors.joining(",", "{\"batchItemFailures\":[", "]}"));
    }

    @Test
    void aQueueGetsItsFailedMessagesAgain() {
        var event = event("sqs", "standard");
        carrier.rejectOnce("standard-1");

        assertThat(response(queue.getFirst(), event.with(0, 1, 2, 1)))
                .isEqualTo(failed("059f36b4-87a3-44ab-83d2-661975830a7d"));
        assertThat(carrier.calls("standard")).containsExactly("standard-1", "standard-2", "standard-3");

        assertThat(response(queue.getFirst(), event.with(0))).isEqualTo(failed());
        assertThat(response(queue.getLast(), event.with(0, 1, 2))).isEqualTo(failed());
        assertThat(carrier.calls("standard")).containsExactly("standard-1", "standard-2", "standard-3", "standard-1");
    }

    @Test
    void aGroupOfAFifoQueueKeepsItsOrderAfterAFailure() {
        var event = event("sqs-fifo", "fifo");
        carrier.rejectOnce("fifo-1");

        assertThat(response(queue.getFirst(), event.with(0, 1, 1, 2, 3)))
                .isEqualTo(failed("11d6ee51-4cc7-4302-9e22-7cd8afdaadf1", "11d6ee51-4cc7-4302-9e22-7cd8afdaadf3"));
        assertThat(carrier.calls("fifo")).as("the other group goes on").containsExactly("fifo-1", "fifo-2", "fifo-4");

        assertThat(response(queue.getLast(), event.with(0, 2))).isEqualTo(failed());
        assertThat(response(queue.getFirst(), event.with(0, 1, 2, 3))).isEqualTo(failed());
        assertThat(carrier.calls("fifo")).containsExactly("fifo-1", "fifo-2", "fifo-4", "fifo-1", "fifo-3");
    }

    @Test
    void anInstanceSkipsTheMessagesOnWhichAnotherWorks() {
        var event = SourceEvent.queued(List.of("shared-1", "shared-2", "shared-3"));
        var pause = carrier.pause("shared-2");
        var first = CompletableFuture.supplyAsync(() -> response(queue.getFirst(), event));
        await().atMost(TIMEOUT).until(() -> carrier.calls("shared").contains("shared-2"));

        assertThat(response(queue.getLast(), event)).isEqualTo(failed("shared-2", "shared-3"));

        pause.countDown();
        assertThat(first.join()).isEqualTo(failed());
        assertThat(response(queue.getLast(), SourceEvent.queued(List.of("shared-2", "shared-3"))))
                .isEqualTo(failed());
        assertThat(carrier.calls("shared")).containsExactly("shared-1", "shared-2", "shared-3");
    }

    @Test
    void instancesThatGetTheSameMessagesAtOnceDoTheWorkOfEachOnce() throws Exception {
        var bodies = IntStream.range(0, 60).mapToObj(n -> "race-" + n).toList();
        var rejected = bodies.stream().filter(body -> body.endsWith("7")).toList();
        rejected.forEach(carrier::rejectOnce);

        Threads.together(2, thread -> {
            var remaining = new ArrayList<>(bodies);
            Collections.rotate(remaining, 30 * thread);
            while (!remaining.isEmpty()) {
                var response = response(queue.get(thread), SourceEvent.queued(remaining));
                remaining.retainAll(FAILED.matcher(response)
                        .results()
                        .map(id -> id.group(1))
                        .toList());
            }
        });

        assertThat(carrier.calls("race"))
                .containsExactlyInAnyOrderElementsOf(
                        Stream.of(bodies, rejected).flatMap(List::stream).toList());
    }

    @ParameterizedTest
    @CsvSource({"kinesis, order, 49590338271490256608692552", "dynamodb, change, 4421584000000000002850685502"})
    void aStreamContinuesAtTheFirstFailure(String source, String name, String second) {
        try (var function = function("OrderHandlers::" + source)) {
            var event = event(source, name);
            carrier.rejectOnce(name + "-2");

            assertThat(response(function, event.with(0, 0, 1, 2))).isEqualTo(failed(second));
            assertThat(carrier.calls(name)).containsExactly(name + "-1", name + "-2");

            assertThat(response(function, event.with(1, 2))).isEqualTo(failed());
            assertThat(response(function, event.with(0, 1, 2))).isEqualTo(failed());
            assertThat(carrier.calls(name)).containsExactly(name + "-1", name + "-2", name + "-2", name + "-3");
        }
    }

    @Test
    void anInvocationOfSnsFailsUntilAllItsNotificationsAreDone() {
        try (var function = function("OrderHandlers::sns")) {
            var event = event("sns", "note").with(0, 1, 1);
            carrier.rejectOnce("note-1");

            assertFailed(function.invoke(event, TIMEOUT), "1 of 3 records failed");
            assertThat(carrier.calls("note")).containsExactly("note-1", "note-2");

            assertThat(response(function, event)).isEqualTo("3");
            assertThat(response(function, event)).isEqualTo("3");
            assertThat(carrier.calls("note")).containsExactly("note-1", "note-2", "note-1");
        }
    }

    @Test
    void anInvocationOfEventBridgeFailsUntilItsEventIsDone() {
        try (var function = function("OrderHandlers::eventBridge")) {
            var event = SourceEvent.documented("event-bridge").replace("order-", "bridge-");
            carrier.rejectOnce("bridge-1");

            assertFailed(function.invoke(event, TIMEOUT), "1 of 1 records failed");

            assertThat(response(function, event)).isEqualTo("1");
            assertThat(response(function, event)).isEqualTo("1");
            assertThat(carrier.calls("bridge")).containsExactly("bridge-1", "bridge-1");
        }
    }

    private static void assertFailed(Result result, String message) {
        assertThat(result.ending()).isEqualTo(Ending.ERROR);
        assertThat(result.body())
                .contains("\"errorMessage\":\"" + message + "\"")
                .contains("\"errorType\":\"dev.gatehouse.idempotency.batch.BatchFailed\"");
    }
}
