// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.redis.OutageListener.CircuitState;
import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.Reply.FailureReason;
import dev.gatehouse.redis.Reply.NotSent;
import dev.gatehouse.redis.config.CredentialsSource;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.redis.config.RedisSettings.Credentials;
import dev.gatehouse.redis.lettuce.ConnectFailure;
import dev.gatehouse.redis.lettuce.LettuceConnector;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.redis.RedisProcess;
import io.micronaut.context.ApplicationContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The link of a Micronaut context, which retries openings. */
class OpeningRetryTest {

    /** The driver may lose a handshake on a busy machine and open the connection once more. */
    private static final long MOST_FOR_THREE = 6;

    private static RedisProcess redis;

    private FaultProxy wire;
    private ApplicationContext context;
    private RedisLink link;

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        LinkProbe.warmUp(redis);
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @BeforeEach
    void compose() {
        redis.cli("FLUSHALL");
        wire = FaultProxy.inFrontOf(redis);
        context = compose(LinkProbe.settings(
                "redis://%s:%d".formatted(wire.host(), wire.port()),
                "REDIS_CONNECTION_TIMEOUT",
                "2000",
                "REDIS_COMMAND_TIMEOUT",
                "1000"));
        link = context.getBean(RedisLink.class);
    }

    @AfterEach
    void end() {
        context.close();
        wire.close();
    }

    @Test
    void theFirstCommandSucceedsAfterTwoResetConnections() {
        wire.resetNext(2);

        assertThat(count()).isEqualTo(new Answered<>(List.<Object>of("n", 1L)));

        assertThat(wire.traffic().connectionsAccepted()).isBetween(3L, MOST_FOR_THREE);
        assertThat(wire.traffic().openConnections()).isEqualTo(1);
        assertThat(redis.cli("GET", "k")).as("executions").isEqualTo("1");
    }

    @Test
    void neverRetriesACommand() {
        count();
        wire.swallowNextReplyAndReset();
        assertThat(count()).isInstanceOf(Reply.Unknown.class);
        assertThat(redis.cli("GET", "k")).isEqualTo("2");
    }

    @Test
    void givesUpAfterThreeConnectionsAndCountsAFailure() {
        wire.reset();
        for (var i = 1; i <= 3; i++) {
            var before = wire.traffic().connectionsAccepted();
            assertThat(count()).isEqualTo(new NotSent<>(FailureReason.NOT_CONNECTED));
            assertThat(wire.traffic().connectionsAccepted() - before).isBetween(3L, MOST_FOR_THREE);
        }
        assertThat(link.circuitState()).isEqualTo(CircuitState.OPEN);
    }

    @Test
    void aRetryThatOutlivesTheDeadlineLeavesOneConnectionForTheNext() {
        wire.ignoreConnects();
        assertThat(LinkProbe.join(link.run(call(), Deadline.in(Duration.ofMillis(300)))))
                .isEqualTo(new NotSent<>(FailureReason.DEADLINE));
        wire.pass();
        assertThat(count()).isInstanceOf(Answered.class);
        assertThat(wire.traffic().openConnections()).isEqualTo(1);
    }

    @Test
    void doesNotRetryAWrongPassword() {
        try (var guarded = RedisProcess.setup().password("right").start();
                var door = FaultProxy.inFrontOf(guarded);
                var strangers = compose(LinkProbe.settings(
                        "redis://:wrong@%s:%d".formatted(door.host(), door.port()),
                        "REDIS_CONNECTION_TIMEOUT",
                        "2000"))) {
            var stranger = strangers.getBean(RedisLink.class);
            assertThat(LinkProbe.join(
                            stranger.run(call(), Deadline.in(stranger.settings().decisionBudget()))))
                    .isEqualTo(new NotSent<>(FailureReason.NOT_CONNECTED));
            assertThat(door.traffic().connectionsAccepted()).isEqualTo(1);
        }
    }

    @Test
    void anErrorThrownByARetryReachesTheCallers() {
        var readings = new AtomicInteger();
        var source = new CredentialsSource() {
            @Override
            public CompletionStage<Void> prepare() {
                if (readings.incrementAndGet() == 1) {
                    return CompletableFuture.failedFuture(new ConnectFailure("not at first", false));
                }
                throw new OutOfMemoryError("unable to create native thread");
            }

            @Override
            public Credentials now() {
                throw new AssertionError("not prepared");
            }

            @Override
            public @Nullable String user() {
                return null;
            }
        };
        var plain = RedisSettings.of(redis.host(), redis.port());
        var settings = new RedisSettings(true, plain.nodes(), false, source, 0, null, plain.clock(), plain.timeouts());
        try (var composed = compose(settings)) {
            var opening = composed.getBean(LettuceConnector.class).open().toCompletableFuture();
            assertThat(opening)
                    .failsWithin(Duration.ofSeconds(30))
                    .withThrowableThat()
                    .withMessageContaining("OutOfMemoryError");
            assertThat(readings).hasValueGreaterThanOrEqualTo(2);
        }
    }

    private static ApplicationContext compose(RedisSettings settings) {
        return ApplicationContext.builder()
                .singletons(settings)
                .properties(Map.of("gatehouse.auth", "none", "micronaut.server.host", "localhost"))
                .start();
    }

    private Reply<List<Object>> count() {
        return LinkProbe.join(link.run(call(), Deadline.in(link.settings().decisionBudget())))
                .map(ScriptReply::values);
    }

    private static ScriptCall call() {
        return ScriptCall.of(LinkProbe.COUNT).key("k");
    }
}
