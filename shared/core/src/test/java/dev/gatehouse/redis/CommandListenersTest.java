// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.redis.OutageListener.CircuitState;
import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.Reply.FailureReason;
import dev.gatehouse.redis.Reply.NotSent;
import dev.gatehouse.redis.Reply.Refused;
import dev.gatehouse.redis.Reply.Unknown;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The events that command and outage listeners receive. */
class CommandListenersTest {

    private record Event(String script, List<String> keys, Reply<?> reply, long nanos) {}

    private final Queue<Event> events = new ConcurrentLinkedQueue<>();

    private LinkProbe overheard(LinkProbe probe) {
        probe.link.addCommandListener(
                (script, keys, reply, nanos) -> events.add(new Event(script, List.copyOf(keys), reply, nanos)));
        return probe;
    }

    @Test
    void reportsEachReplyOnceWithScriptKeysAndTime() {
        try (var redis = RedisProcess.start();
                var probe = overheard(LinkProbe.patient(redis.url()))) {
            var from = System.nanoTime();
            var reply =
                    probe.await(probe.link.run(ScriptCall.of(LinkProbe.COUNT).key("k"), probe.deadline()));
            probe.ping();
            var took = System.nanoTime() - from;

            assertThat(events).hasSize(2);
            var script = events.remove();
            assertThat(script.script).isEqualTo("count");
            assertThat(script.keys).containsExactly("k");
            assertThat(script.reply).isSameAs(reply).isInstanceOf(Answered.class);
            var ping = events.remove();
            assertThat(ping.script).isNull();
            assertThat(ping.keys).isEmpty();
            assertThat(script.nanos).isPositive();
            assertThat(ping.nanos).isPositive();
            assertThat(script.nanos + ping.nanos).isLessThan(took);
        }
    }

    @Test
    void reportsUntrackedCalls() {
        try (var redis = RedisProcess.start();
                var probe = overheard(LinkProbe.patient(redis.url()))) {
            probe.await(probe.link.callUntracked(redis1 -> redis1.ping(), probe.deadline()));

            assertThat(events).hasSize(1);
            assertThat(events.remove().reply).isInstanceOf(Answered.class);
        }
    }

    @Test
    void reportsEachCommandOfOneFlush() {
        try (var redis = RedisProcess.start();
                var probe = overheard(LinkProbe.patient(redis.url()))) {
            var calls = List.of(
                    ScriptCall.of(LinkProbe.COUNT).key("a"),
                    ScriptCall.of(LinkProbe.COUNT).key("b"));

            probe.link.runAll(calls, probe.deadline()).forEach(probe::await);

            assertThat(events).extracting(Event::keys).containsExactly(List.of("a"), List.of("b"));
        }
    }

    @Test
    void reportsRejectedAndLostCommands() {
        try (var redis = RedisProcess.start();
                var wire = FaultProxy.inFrontOf(redis);
                var probe = overheard(LinkProbe.to(wire.host(), wire.port(), "REDIS_CONNECTION_TIMEOUT", "5000"))) {
            await().atMost(Duration.ofMinutes(1)).until(probe::isAnswered);
            events.clear();

            probe.link.call(redis1 -> redis1.lpush("list", "a"), probe.deadline());
            probe.await(probe.link.call(redis1 -> redis1.hget("list", "a"), probe.deadline()));
            wire.swallowNextReply();
            probe.count("k");

            assertThat(events)
                    .extracting(Event::reply)
                    .contains(new Refused<>("WRONGTYPE"), new Unknown<>(FailureReason.DEADLINE));
            assertThat(events)
                    .filteredOn(each -> each.reply instanceof Unknown)
                    .allMatch(each -> each.nanos >= TimeUnit.MILLISECONDS.toNanos(249));
        }
    }

    @Test
    void reportsUnsentCommandsAndCircuitChanges() {
        var states = new CopyOnWriteArrayList<CircuitState>();
        try (var redis = RedisProcess.start();
                var probe = overheard(LinkProbe.to(redis.url()))) {
            probe.link.addOutageListener(new OutageListener() {
                @Override
                public void lost(String reason) {}

                @Override
                public void regained(Duration outage) {}

                @Override
                public void circuit(CircuitState state) {
                    states.add(state);
                }
            });
            redis.stop();
            await().until(() -> {
                probe.count("k");
                return probe.link.circuitState() == CircuitState.OPEN;
            });
            assertThat(states).first().isEqualTo(CircuitState.OPEN);
            await().until(() -> {
                probe.ping();
                return events.stream().anyMatch(each -> each.reply.equals(new NotSent<>(FailureReason.CIRCUIT_OPEN)));
            });
            assertThat(events)
                    .extracting(Event::reply)
                    .contains(new NotSent<>(FailureReason.NOT_CONNECTED), new NotSent<>(FailureReason.CIRCUIT_OPEN));
            assertThat(events).extracting(Event::nanos).containsOnly(0L);

            redis.restart();

            await().atMost(Duration.ofSeconds(10)).until(probe::isAnswered);
            await().until(() -> states.getLast() == CircuitState.CLOSED);
            assertThat(states).contains(CircuitState.HALF_OPEN);
        }
    }

    @Test
    void aFailingListenerDoesNotAffectTheReply() {
        try (var redis = RedisProcess.start();
                var probe = LinkProbe.patient(redis.url())) {
            probe.link.addCommandListener((_, _, _, _) -> {
                throw new IllegalStateException("no interest");
            });
            overheard(probe);

            assertThat(probe.count("k")).isInstanceOf(Answered.class);
            assertThat(events).hasSize(1);
        }
    }
}
