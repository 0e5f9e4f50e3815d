package dev.gatehouse.idempotency.batch;

import static dev.gatehouse.idempotency.batch.BatchInvocation.STANDARD;
import static dev.gatehouse.idempotency.batch.BatchInvocation.failed;
import static dev.gatehouse.idempotency.batch.BatchInvocation.messages;
import static dev.gatehouse.idempotency.batch.BatchInvocation.patient;
import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.SQSEvent.SQSMessage;
import dev.gatehouse.idempotency.IdempotentExecutor;
import dev.gatehouse.idempotency.RedisClaims;
import dev.gatehouse.redis.LinkProbe;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.testkit.ConcurrentTests;
import dev.gatehouse.testkit.Threads;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.proxy.WireFault;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A queue that sends messages until they succeed, to functions that lose Redis or race. */
@ConcurrentTests
class BatchFaultsTest {

    private static final List<String> BODIES = List.of("a", "b", "c");

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
            var link = RedisLink.to(LinkProbe.settings(
                    "redis://" + wire.host() + ":" + wire.port(),
                    "REDIS_CONNECTION_TIMEOUT",
                    "5000",
                    "REDIS_COMMAND_TIMEOUT",
                    "5000"));
            var executor = new IdempotentExecutor(new RedisClaims(link), Duration.ofMillis(700));
            var function = new Function(
                    wire, link, IdempotentBatch.over(executor, "orders").withTenant("tenant-" + UUID.randomUUID()));
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

    @Test
    void withoutRedisForTheClaimNothingRunsAndAllMessagesComeAgain() throws Exception {
        Threads.each(WireFault.values(), fault -> {
            try (var function = Function.start()) {
                var runs = new ConcurrentHashMap<String, Integer>();
                fault.strike(function.wire);
                var again = function.process(BODIES, message -> runs.merge(message.getBody(), 1, Integer::sum));
                assertThat(union(runs.keySet().stream().toList(), again))
                        .as("none is lost")
                        .containsAll(BODIES);
                function.wire.pass();
                // A claim whose reply was lost is in flight until its lease ends.
                var done = new HashSet<>(BODIES);
                again.forEach(done::remove);
                assertThat(runs.keySet()).containsAll(done);
                runs.forEach((body, times) -> assertThat(times).as(body).isEqualTo(1));
            }
        });
    }

    private static List<String> union(List<String> one, List<String> other) {
        var all = new ArrayList<>(one);
        all.addAll(other);
        return all;
    }

    /** The fault strikes in the work of the second of three messages, and passes when the function has returned. */
    @Test
    void workWhoseCompletionIsLostIsNotRepeated() throws Exception {
        Threads.each(WireFault.values(), fault -> {
            try (var function = Function.start()) {
                var runs = new ConcurrentHashMap<String, Integer>();

                var again = function.process(BODIES, message -> {
                    runs.merge(message.getBody(), 1, Integer::sum);
                    if (message.getBody().equals("b")) {
                        fault.strike(function.wire);
                    }
                });

                assertThat(again).as("all were claimed").isEmpty();
                function.wire.pass();
                assertThat(runs).isEqualTo(Map.of("a", 1, "b", 1, "c", 1));
            }
        });
    }
}
