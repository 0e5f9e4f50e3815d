// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.socket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.realtime.presence.MemberConnection;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.testkit.DeepTest;
import dev.gatehouse.testkit.Rounds;
import dev.gatehouse.testkit.Threads;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the contract of {@link ConnectionChannels}. The clock moves only when a test advances it. */
@ResourceLock("ConnectionChannelsContract") // Its classes share the clock.
abstract class ConnectionChannelsContract {

    static final long SECOND = 1_000_000;

    /** The time in microseconds, for the channels of all tests. */
    static final AtomicLong NOW = new AtomicLong(1_790_000_000 * SECOND);

    /** Differs between tests, so that they are isolated. */
    final String tenant = "tenant-" + UUID.randomUUID();

    final SocketUser ada = user("ada", "1");

    abstract ConnectionChannels channels();

    @Test
    void channelsAreInTheOrderOfJoiningUntilTheyAreRemoved() {
        assertThat(all(ada)).isEmpty();
        assertThat(add(ada, "b")).isTrue();
        assertThat(add(ada, "a")).isTrue();
        assertThat(add(ada, "b")).as("again").isTrue();
        assertThat(all(ada)).containsExactly("b", "a");

        assertThat(remove(ada, "b")).isTrue();
        assertThat(remove(ada, "b")).isFalse();
        assertThat(all(ada)).containsExactly("a");
        assertThat(remove(ada, "a")).isTrue();
        assertThat(all(ada)).isEmpty();
        assertThat(remove(ada, "a")).isFalse();
    }

    @Test
    void aWebSocketHasFiftyChannels() {
        IntStream.range(0, 50).forEach(n -> assertThat(add(ada, "channel-" + n)).isTrue());
        assertThat(add(ada, "another")).isFalse();
        assertThat(add(ada, "channel-7")).as("one of them").isTrue();
        assertThat(all(ada)).hasSize(50).doesNotContain("another");
        remove(ada, "channel-7");
        assertThat(add(ada, "another")).isTrue();
        assertThat(add(user("ada", "2"), "another")).isTrue();
    }

    @Test
    void webSocketsAreSeparateThoughTheirIdsAreEqual() {
        add(ada, "room");
        assertThat(all(user("grace", "1"))).isEmpty();
        assertThat(all(user("ada", "2"))).isEmpty();
        assertThat(all(new SocketUser(tenant + "-2", ada.connection()))).isEmpty();
        assertThat(remove(user("grace", "1"), "room")).isFalse();
        assertThat(all(ada)).containsExactly("room");
    }

    @Test
    void channelsAreDueOnceInAnInterval() {
        assertThat(due(ada, 60)).isEmpty();
        add(ada, "a");
        add(ada, "b");
        assertThat(due(ada, 60)).containsExactly("a", "b");
        add(ada, "c");
        pass(59);
        assertThat(due(ada, 60)).isEmpty();
        assertThat(all(ada)).hasSize(3);
        pass(1);
        assertThat(due(ada, 60)).containsExactly("a", "b", "c");
        assertThat(due(ada, 0)).as("at any time").hasSize(3);
        pass(-3600);
        assertThat(due(ada, 60)).as("after a step back of the clock").hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{a}", "a:b", "\"';--", "<script>", "%00", "*", "$connect", "\\"})
    void hostileNamesAreNames(String name) {
        var user = user(name, name);
        assertThat(add(user, name)).isTrue();
        assertThat(all(user)).containsExactly(name);
        assertThat(remove(user, name)).isTrue();
    }

    @Test
    void theLongestNamesFit() {
        var longest = user("u".repeat(255), "c".repeat(255));
        IntStream.range(0, 50).forEach(n -> assertThat(add(longest, "%03d".formatted(n) + "x".repeat(252)))
                .isTrue());
        assertThat(all(longest)).hasSize(50);
    }

    @Test
    @DeepTest
    void concurrentJoinsNeverExceedTheMaximum() throws Exception {
        for (int round = 0; round < Rounds.of(2, 50); round++) {
            var user = user("ada", "round-" + round);
            var added = new AtomicInteger();
            Threads.together(8, thread -> {
                for (int n = 0; n < 10; n++) {
                    if (add(user, "channel-" + thread + "-" + n)) {
                        added.incrementAndGet();
                    }
                }
            });
            assertThat(added).hasValue(50);
            assertThat(all(user)).hasSize(50);
        }
    }

    @Test
    @DeepTest
    void ofConcurrentHeartbeatsAndRemovalsOneWins() throws Exception {
        for (int round = 0; round < Rounds.of(2, 50); round++) {
            var user = user("ada", "round-" + round);
            add(user, "room");
            var due = new AtomicInteger();
            var removed = new AtomicInteger();
            Threads.together(8, _ -> {
                due.addAndGet(due(user, 60).size());
            });
            Threads.together(8, _ -> {
                removed.addAndGet(remove(user, "room") ? 1 : 0);
            });
            assertThat(due).hasValue(1);
            assertThat(removed).hasValue(1);
        }
    }

    final SocketUser user(String userId, String connectionId) {
        return new SocketUser(tenant, new MemberConnection(userId, connectionId));
    }

    final boolean add(SocketUser user, String channel) {
        return decided(channels().add(user, new ChannelName(channel), budget()));
    }

    final boolean remove(SocketUser user, String channel) {
        return decided(channels().remove(user, new ChannelName(channel), budget()));
    }

    final List<String> all(SocketUser user) {
        return values(decided(channels().all(user, budget())));
    }

    final List<String> due(SocketUser user, long seconds) {
        return values(decided(channels().due(user, Duration.ofSeconds(seconds), budget())));
    }

    private static List<String> values(List<ChannelName> names) {
        return names.stream().map(ChannelName::value).toList();
    }

    static void pass(long seconds) {
        NOW.addAndGet(seconds * SECOND);
    }

    static Deadline budget() {
        return Deadline.in(Duration.ofSeconds(10));
    }

    private static <T> T decided(CompletionStage<Decision<T>> stage) {
        var decision =
                stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
        assertThat(decision).isInstanceOf(Decided.class);
        return ((Decided<T>) decision).value();
    }
}
