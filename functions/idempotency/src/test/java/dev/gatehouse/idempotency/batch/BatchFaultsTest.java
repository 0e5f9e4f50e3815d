// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.batch;

import static dev.gatehouse.idempotency.batch.BatchInvocation.STANDARD;
import static dev.gatehouse.idempotency.batch.BatchInvocation.failed;
import static dev.gatehouse.idempotency.batch.BatchInvocation.messages;
import static dev.gatehouse.idempotency.batch.BatchInvocation.patient;
import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.SQSEvent.SQSMessage;
import dev.gatehouse.idempotency.ClaimLease;
import dev.gatehouse.idempotency.IdempotentExecutor;
import dev.gatehouse.idempotency.RedisClaims;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.testkit.ConcurrentTests;
import dev.gatehouse.testkit.DeepTest;
import dev.gatehouse.testkit.Rounds;
import dev.gatehouse.testkit.Threads;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.proxy.WireFault;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A queue that sends messages until they succeed, to functions that lose Redis or race. */
@ConcurrentTests
class BatchFaultsTest {

    private static final List<String> BODIES = List.of("a", "b", "c");
    private static final Map<String, Integer> ONCE = Map.of("a", 1, "b", 1, "c", 1);

    private static RedisProcess redis;

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    /** A function and its wire to Redis. */
    private record Function(FaultProxy wire, RedisLink link, IdempotentBatch batch) implements AutoCloseable {

        static Function start() {
            var wire = FaultProxy.inFrontOf(redis);
            var link = RedisLink.to(RedisSettings.of(wire.host(), wire.port()));
            var executor = new IdempotentExecutor(new RedisClaims(link), Duration.ofMillis(700));
            var batch = IdempotentBatch.over(executor, "orders").withLease(new ClaimLease(1_000));
            return new Function(wire, link, batch).withTenant("tenant-" + UUID.randomUUID());
        }

        Function withTenant(String tenant) {
            var function = new Function(wire, link, batch.withTenant(tenant));
            // A first connection may take longer than there is time on a busy machine.
            function.untilDone(List.of("warm"), _ -> {});
            return function;
        }

        List<String> process(List<String> bodies, RecordWork<SQSMessage> work) {
            return failed(
                    batch.sqs(messages(STANDARD, bodies.stream()), patient()).process(work));
        }

        /** Sends the messages again until all succeed, as SQS does. */
        void untilDone(List<String> bodies, RecordWork<SQSMessage> work) {
            var remaining = bodies;
            while (!remaining.isEmpty()) {
                remaining = process(remaining, work);
            }
        }

        @Override
        public void close() {
            link.close();
            wire.close();
        }
    }

    /** The lease is short, because a claim whose reply was lost is in flight until its lease ends. */
    @Test
    void aMessageWhoseClaimIsLostComesAgainAndIsDoneOnce() throws Exception {
        Threads.each(WireFault.values(), fault -> {
            try (var function = Function.start()) {
                var runs = new ConcurrentHashMap<String, Integer>();
                RecordWork<SQSMessage> work = message -> runs.merge(message.getBody(), 1, Integer::sum);
                fault.strike(function.wire);

                var again = function.process(BODIES, work);

                assertThat(Stream.concat(runs.keySet().stream(), again.stream()))
                        .as("each is done or comes again")
                        .containsExactlyInAnyOrderElementsOf(BODIES);
                function.wire.pass();
                function.untilDone(again, work);
                assertThat(runs).isEqualTo(ONCE);
            }
        });
    }

    /** The fault strikes in the work of the second message, and passes when the function has returned. */
    @Test
    void aMessageWhoseCompletionIsLostIsDoneOnce() throws Exception {
        Threads.each(WireFault.values(), fault -> {
            try (var function = Function.start()) {
                var runs = new ConcurrentHashMap<String, Integer>();
                RecordWork<SQSMessage> work = message -> {
                    if (runs.merge(message.getBody(), 1, Integer::sum) == 1
                            && message.getBody().equals("b")) {
                        fault.strike(function.wire);
                    }
                };

                var again = function.process(BODIES, work);

                assertThat(Stream.concat(runs.keySet().stream(), again.stream()))
                        .as("each is done or comes again")
                        .containsExactlyInAnyOrderElementsOf(BODIES);
                function.wire.pass();
                function.untilDone(again, work);
                assertThat(runs).isEqualTo(ONCE);
            }
        });
    }

    /** Each thread gets all messages, in another order, and SQS sends it the failed ones again. Each message fails once. */
    @Test
    @DeepTest
    void ofFunctionsThatGetTheSameMessagesOneDoesTheWorkOfEach() throws Exception {
        try (var one = Function.start();
                var two = Function.start()) {
            for (int round = 0; round < Rounds.of(3, 200); round++) {
                var tenant = "tenant-" + UUID.randomUUID();
                var functions = List.of(one.withTenant(tenant), two.withTenant(tenant));
                var runs = new ConcurrentHashMap<String, Integer>();
                var failures = ConcurrentHashMap.<String>newKeySet();
                Threads.together(4, thread -> {
                    var bodies = new ArrayList<>(
                            IntStream.range(0, 20).mapToObj(n -> "m" + n).toList());
                    Collections.rotate(bodies, 5 * thread);
                    functions.get(thread % 2).untilDone(bodies, message -> {
                        if (failures.add(message.getBody())) {
                            throw new RecordNotProcessed("test");
                        }
                        runs.merge(message.getBody(), 1, Integer::sum);
                    });
                });

                assertThat(runs).hasSize(20);
                assertThat(runs.values()).containsOnly(1);
            }
        }
    }
}
