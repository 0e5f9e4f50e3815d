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
import java.util.List;
import org.junit.jupiter.api.Test;

/** Untracked calls affect neither the circuit breaker nor outages. */
class UntrackedCallTest {

    private static Reply<String> untrackedPing(LinkProbe probe) {
        return probe.await(probe.link.callUntracked(redis -> redis.ping(), probe.deadline()));
    }

    private static Reply<String> info(LinkProbe probe) {
        return probe.await(probe.link.callUntracked(redis -> redis.info(), probe.deadline()));
    }

    @Test
    void opensTheSharedConnection() {
        try (var redis = RedisProcess.start();
                var probe = LinkProbe.patient(redis.url())) {
            assertThat(untrackedPing(probe)).isEqualTo(new Answered<>("PONG"));
            assertThat(probe.count("k")).isInstanceOf(Answered.class);

            assertThat(redis.clients()).hasSize(1);
            assertThat(probe.link.failure()).isNull();
        }
    }

    @Test
    void aRejectionDoesNotCount() {
        try (var redis =
                        RedisProcess.setup().user("app", "pw", "~* +@all -info").start();
                var probe = LinkProbe.patient("redis://app:pw@127.0.0.1:" + redis.port())) {
            for (var i = 0; i < CircuitBreaker.FAILURES_TO_OPEN + 1; i++) {
                assertThat(info(probe)).isEqualTo(new Refused<>("NOPERM"));
            }

            assertThat(probe.lost).isEmpty();
            assertThat(probe.link.circuitState()).isEqualTo(CircuitState.CLOSED);
            assertThat(probe.count("k")).isInstanceOf(Answered.class);
        }
    }

    @Test
    void aTimeoutDoesNotCount() {
        try (var redis = RedisProcess.start();
                var wire = FaultProxy.inFrontOf(redis);
                var probe = LinkProbe.to(
                        wire.host(), wire.port(), "REDIS_CONNECTION_TIMEOUT", "5000", "REDIS_COMMAND_TIMEOUT", "300")) {
            LinkProbe.warmUp(redis);
            wire.affecting(words -> words.getFirst().equalsIgnoreCase("INFO")).swallowNextReply();

            assertThat(info(probe)).isEqualTo(new Unknown<>(FailureReason.DEADLINE));

            assertThat(probe.lost).isEmpty();
            assertThat(probe.link.failure()).isNull();
        }
    }

    @Test
    void aReplyDoesNotEndAnOutage() {
        try (var redis = RedisProcess.setup().maxMemory("100kb").start();
                var probe = LinkProbe.patient(redis.url())) {
            assertThat(probe.count("k")).isEqualTo(new Refused<>("OOM"));
            assertThat(untrackedPing(probe)).isEqualTo(new Answered<>("PONG"));

            assertThat(probe.regained).isEmpty();
            assertThat(probe.link.failure()).isEqualTo(new LinkFailure("it replies with OOM", "OOM", true));

            redis.cli("CONFIG", "SET", "maxmemory", "0");
            assertThat(untrackedPing(probe)).isEqualTo(new Answered<>("PONG"));
            assertThat(probe.regained).isEmpty();

            await().until(() -> {
                probe.ping();
                return !probe.regained.isEmpty();
            });
            assertThat(probe.link.failure()).isNull();
        }
    }

    @Test
    void usesNoProbeWhileTheCircuitIsOpen() {
        try (var redis = RedisProcess.setup().maxMemory("100kb").start();
                var probe = LinkProbe.patient(redis.url())) {
            while (probe.link.circuitState() != CircuitState.OPEN) {
                probe.count("k");
            }
            redis.cli("CONFIG", "SET", "maxmemory", "0");

            var pauseIsOver = Deadline.in(CircuitBreaker.FIRST_PAUSE.multipliedBy(2));
            while (!pauseIsOver.isSpent()) {
                assertThat(untrackedPing(probe)).isEqualTo(new NotSent<>(FailureReason.CIRCUIT_OPEN));
            }

            assertThat(probe.count("k")).isInstanceOf(Answered.class);
            await().until(() -> untrackedPing(probe) instanceof Answered);
        }
    }

    @Test
    void reportsTheLatestFailure() {
        try (var redis = RedisProcess.setup().password("right").start();
                var probe = LinkProbe.patient("redis://:wrong@127.0.0.1:" + redis.port())) {
            assertThat(probe.link.failure()).isNull();
            probe.count("k");
            assertThat(probe.link.failure())
                    .isEqualTo(new LinkFailure("the user or password is wrong", "WRONGPASS", false));

            redis.stop();
            probe.count("k");

            assertThat(probe.link.failure()).isEqualTo(new LinkFailure("the connection was refused", null, false));
            assertThat(probe.lost).isEqualTo(List.of("the user or password is wrong"));
        }
    }
}
