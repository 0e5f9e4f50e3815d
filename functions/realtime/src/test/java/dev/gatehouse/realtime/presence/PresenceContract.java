// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.presence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.MicroClock;
import dev.gatehouse.testkit.Rounds;
import dev.gatehouse.testkit.Threads;
import dev.gatehouse.validation.InvalidArgument;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Tests the contract of {@link PresenceStore}. The clock moves only when a test advances it. */
@ResourceLock("PresenceContract") // Its classes share the clock.
abstract class PresenceContract {

    static final long SECOND = 1_000_000;

    /** The time in microseconds, for the presence of all tests. */
    static final AtomicLong NOW = new AtomicLong(1_790_000_000 * SECOND);

    static final ChannelName ROOM = new ChannelName("room");

    /** Differs between tests, so that they are isolated. */
    final String tenant = "tenant-" + UUID.randomUUID();

    abstract PresenceStore presence();

    abstract Decision.Source source();

    @Test
    void theFirstConnectionOfAUserJoinsAndTheLastLeaves() {
        assertThat(enter("ada", "1", 60)).isEqualTo(new Entered(true, 1, in(60), List.of()));
        assertThat(enter("ada", "2", 30)).isEqualTo(new Entered(false, 2, in(30), List.of()));
        assertThat(enter("grace", "1", 60).joined()).isTrue();

        assertThat(leave("ada", "1")).isEqualTo(Departures.NONE);
        assertThat(leave("ada", "2")).isEqualTo(new Departures(List.of("ada"), List.of()));
        assertThat(leave("ada", "2")).isEqualTo(Departures.NONE);
        assertThat(enter("ada", "2", 60).joined()).isTrue();
    }

    @Test
    void aHeartbeatSetsTheEndAnew() {
        enter("ada", "1", 60);
        pass(50);
        assertThat(enter("ada", "1", 20)).isEqualTo(new Entered(false, 1, in(20), List.of()));
        pass(19);
        assertThat(list().members()).hasSize(1);
        pass(1);
        assertThat(list().members()).isEmpty();
    }

    @Test
    void aConnectionIsLiveUntilItsEndAndNoLonger() {
        enter("ada", "1", 10);
        enter("ada", "2", 20);
        NOW.addAndGet(10 * SECOND - 1);
        assertThat(list().members()).extracting(Member::connections).containsExactly(2);
        NOW.incrementAndGet();
        assertThat(list().members()).extracting(Member::connections).containsExactly(1);
        assertThat(enter("ada", "3", 20).connections()).isEqualTo(2);
    }

    @Test
    void aDepartureIsReportedOnceByAnyCall() {
        enter("ada", "1", 10);
        enter("grace", "1", 10);
        enter("alan", "1", 60);
        pass(10);
        var page = list();

        assertThat(page.departed()).containsExactly("ada", "grace");
        assertThat(page.count()).isEqualTo(1);
        assertThat(list().departed()).isEmpty();

        pass(50);
        assertThat(leave("nobody", "1")).isEqualTo(new Departures(List.of(), List.of("alan")));
    }

    @Test
    void whoEntersAgainAfterTheEndDepartedBefore() {
        enter("ada", "1", 10);
        pass(10);
        assertThat(enter("ada", "1", 10)).isEqualTo(new Entered(true, 1, in(10), List.of("ada")));
        pass(10);
        assertThat(leave("ada", "1")).isEqualTo(new Departures(List.of(), List.of("ada")));
    }

    @Test
    void aCallReportsAHundredDeparturesAndItsOwnUsers() {
        IntStream.range(0, 130).forEach(n -> enter("user-%03d".formatted(n), "1", 1 + n));
        pass(200);

        assertThat(enter("user-129", "1", 10).departed())
                .hasSize(101)
                .startsWith("user-000", "user-001")
                .endsWith("user-099", "user-129");
        var page = list();
        assertThat(page.members()).extracting(Member::userId).containsExactly("user-129");
        assertThat(page.departed()).hasSize(29);
        assertThat(list().departed()).isEmpty();
    }

    @Test
    void membersAreListedInPagesByTheirIds() {
        IntStream.range(0, 7).forEach(n -> enter("user-" + n, "1", n == 3 ? 10 : 60));
        enter("user-5", "2", 60);
        pass(10);

        var first = list(3, Optional.empty());
        assertThat(first.members()).extracting(Member::userId).containsExactly("user-0", "user-1", "user-2");
        assertThat(first.count()).isEqualTo(6);
        var second = list(3, first.next());
        assertThat(second.members()).extracting(Member::userId).containsExactly("user-4", "user-5", "user-6");
        assertThat(second.members()).extracting(Member::connections).containsExactly(1, 2, 1);
        assertThat(second.next()).isEmpty();
        assertThat(list(3, Optional.of("user-6")).members()).isEmpty();
    }

    @Test
    void aMemberHasTheTimeOfJoiningAndTheLastInfo() {
        var joined = MicroClock.instant(NOW.get());
        enter("ada", "1", 60, Optional.of("{\"name\":\"Ada\"}"));
        pass(5);
        enter("ada", "2", 60, Optional.empty());
        assertThat(list().members()).containsExactly(new Member("ada", 2, joined, Optional.of("{\"name\":\"Ada\"}")));

        enter("ada", "2", 60, Optional.of("\"café\""));
        leave("ada", "1");
        assertThat(list().members()).containsExactly(new Member("ada", 1, joined, Optional.of("\"café\"")));

        leave("ada", "2");
        enter("ada", "2", 60, Optional.empty());
        assertThat(list().members())
                .containsExactly(new Member("ada", 1, MicroClock.instant(NOW.get()), Optional.empty()));
    }

    @Test
    void manyConnectionsLeaveInOneCall() {
        enter("ada", "1", 60);
        enter("ada", "2", 60);
        enter("grace", "1", 60);
        enter("alan", "1", 60);
        enter("alan", "2", 60);

        var departures = now(presence()
                .leave(
                        tenant,
                        ROOM,
                        List.of(
                                new MemberConnection("ada", "1"),
                                new MemberConnection("grace", "1"),
                                new MemberConnection("ada", "2"),
                                new MemberConnection("alan", "2"),
                                new MemberConnection("nobody", "1")),
                        budget()));

        assertThat(departures).isEqualTo(new Departures(List.of("grace", "ada"), List.of()));
        assertThat(list().members())
                .containsExactly(new Member("alan", 1, MicroClock.instant(NOW.get()), Optional.empty()));
    }

    @Test
    void aConnectionTooManyReplacesTheOneThatEndsFirst() {
        IntStream.range(0, 100).forEach(n -> enter("ada", "c" + n, n == 42 ? 30 : 60));

        assertThat(enter("ada", "more", 10).connections()).isEqualTo(100);
        assertThat(leave("ada", "c42")).isEqualTo(Departures.NONE);
        assertThat(list().members()).extracting(Member::connections).containsExactly(100);
        pass(10);
        assertThat(list().members()).extracting(Member::connections).containsExactly(99);
    }

    @Test
    void typingChangesOnceAndEndsByItself() {
        enter("ada", "1", 60);
        enter("grace", "1", 60);

        assertThat(type("ada", "1", true, 6)).isEqualTo(new TypingUsers(true, List.of("ada")));
        assertThat(type("ada", "1", true, 6)).isEqualTo(new TypingUsers(false, List.of("ada")));
        pass(1);
        assertThat(type("grace", "1", true, 6)).isEqualTo(new TypingUsers(true, List.of("ada", "grace")));
        pass(5);
        assertThat(type("grace", "1", false, 6)).isEqualTo(new TypingUsers(true, List.of()));
        assertThat(type("grace", "1", false, 6)).isEqualTo(TypingUsers.NONE);
        assertThat(type("ada", "1", true, 6).changed()).isTrue();
    }

    @Test
    void onlyALiveConnectionTypesAndLeavingStopsIt() {
        assertThat(type("ada", "1", true, 6)).isEqualTo(TypingUsers.NONE);
        enter("ada", "1", 3);
        enter("grace", "1", 60);
        assertThat(type("ada", "2", true, 6)).isEqualTo(TypingUsers.NONE);
        type("ada", "1", true, 6);
        type("grace", "1", true, 6);
        leave("grace", "1");
        assertThat(type("nobody", "1", true, 6)).isEqualTo(new TypingUsers(false, List.of("ada")));
        pass(3);
        assertThat(type("nobody", "1", true, 6)).isEqualTo(TypingUsers.NONE);
        enter("ada", "1", 60);
        assertThat(type("ada", "1", true, 6).changed()).isTrue();
    }

    @Test
    void tenantsAndChannelsAreSeparate() {
        enter("ada", "1", 60);
        assertThat(now(presence().enter(tenant, new ChannelName("other"), request("ada", "1", 60), budget()))
                        .joined())
                .isTrue();
        assertThat(now(presence().enter(tenant + "-2", ROOM, request("ada", "1", 60), budget()))
                        .joined())
                .isTrue();
        leave("ada", "1");
        assertThat(now(presence().list(tenant, new ChannelName("other"), 10, Optional.empty(), budget()))
                        .members())
                .hasSize(1);
    }

    @Test
    void boundsAreChecked() {
        var ada = new MemberConnection("ada", "1");
        assertThatThrownBy(() -> new MemberConnection("", "1")).isInstanceOf(InvalidArgument.class);
        assertThatThrownBy(() -> new MemberConnection("a b", "1")).isInstanceOf(InvalidArgument.class);
        assertThatThrownBy(() -> new MemberConnection("a", "é")).isInstanceOf(InvalidArgument.class);
        assertThatThrownBy(() -> new ChannelName("x".repeat(256))).isInstanceOf(InvalidArgument.class);
        assertThatThrownBy(() -> EnterRequest.of(ada, 0, Optional.empty())).isInstanceOf(InvalidArgument.class);
        assertThatThrownBy(() -> EnterRequest.of(ada, 86_401, Optional.empty())).isInstanceOf(InvalidArgument.class);
        assertThatThrownBy(() -> EnterRequest.of(ada, 60, Optional.of("é".repeat(513))))
                .isInstanceOf(InvalidArgument.class);
        assertThatThrownBy(() -> list(0, Optional.empty())).isInstanceOf(InvalidArgument.class);
        assertThatThrownBy(() -> type("ada", "1", true, 61)).isInstanceOf(InvalidArgument.class);
        assertThatThrownBy(() -> now(presence().leave(tenant, ROOM, List.of(), budget())))
                .isInstanceOf(InvalidArgument.class);
        assertThatThrownBy(() -> now(presence().leave(tenant, ROOM, Collections.nCopies(1001, ada), budget())))
                .isInstanceOf(InvalidArgument.class);
    }

    /** Each user comes and goes over two connections; half of the rounds end by the clock. */
    @Test
    void joinsAndDeparturesAlternateInAnyRace() throws Exception {
        int rounds = Rounds.of(10, 200);
        var joins = new AtomicInteger();
        var ends = new AtomicInteger();
        for (int round = 0; round < rounds; round++) {
            var reports = new ConcurrentLinkedQueue<String>();
            Threads.together(Rounds.of(16, 64), thread -> {
                var entered = enter("ada", "c" + thread % 2, 60);
                entered.departed().forEach(_ -> reports.add("ended"));
                if (entered.joined()) {
                    reports.add("joined");
                }
                var departures = leave("ada", "c" + thread % 2);
                IntStream.range(
                                0,
                                departures.left().size() + departures.departed().size())
                        .forEach(_ -> reports.add("ended"));
            });
            if (round % 2 == 0) {
                pass(60);
            }
            int left = list().members().size();
            var departed = list().departed();
            joins.addAndGet(Collections.frequency(reports, "joined"));
            ends.addAndGet(Collections.frequency(reports, "ended") + departed.size());
            assertThat(joins.get() - ends.get()).isEqualTo(left);
        }
        assertThat(joins.get()).isGreaterThanOrEqualTo(rounds);
    }

    /** The moment of an end: of any number of callers, one gets the report. */
    @Test
    void oneCallerReportsADeparture() throws Exception {
        for (int round = 0; round < Rounds.of(5, 200); round++) {
            enter("ada", "1", 10);
            pass(10);
            var reports = new ConcurrentLinkedQueue<String>();
            Threads.together(
                    32,
                    thread -> reports.addAll(
                            switch (thread % 3) {
                                case 0 -> list().departed();
                                case 1 -> leave("grace", "1").departed();
                                default -> enter("alan", "c" + thread, 60).departed();
                            }));
            assertThat(reports).containsExactly("ada");
        }
    }

    @Test
    void everyUserJoinsAndDepartsEquallyOften() {
        var balance = new TreeMap<String, Integer>();
        for (int n = 0; n < 300; n++) {
            var entered = enter("user-" + n * 7 % 5, "c" + n % 3, 1 + n % 4);
            entered.departed().forEach(user -> balance.merge(user, -1, Integer::sum));
            if (entered.joined()) {
                balance.merge("user-" + n * 7 % 5, 1, Integer::sum);
            }
            assertThat(balance.values()).allMatch(count -> count == 0 || count == 1);
            NOW.addAndGet(n * 37 % 11 * SECOND / 2);
        }
    }

    final Entered enter(String user, String connection, long seconds) {
        return enter(user, connection, seconds, Optional.empty());
    }

    final Entered enter(String user, String connection, long seconds, Optional<String> info) {
        return now(presence()
                .enter(tenant, ROOM, EnterRequest.of(new MemberConnection(user, connection), seconds, info), budget()));
    }

    static EnterRequest request(String user, String connection, long seconds) {
        return EnterRequest.of(new MemberConnection(user, connection), seconds, Optional.empty());
    }

    final Departures leave(String user, String connection) {
        return now(presence().leave(tenant, ROOM, List.of(new MemberConnection(user, connection)), budget()));
    }

    final MemberPage list() {
        return list(100, Optional.empty());
    }

    final MemberPage list(int limit, Optional<String> after) {
        return now(presence().list(tenant, ROOM, limit, after, budget()));
    }

    final TypingUsers type(String user, String connection, boolean typing, long seconds) {
        return now(presence()
                .type(tenant, ROOM, new MemberConnection(user, connection), typing, seconds * 1000, budget()));
    }

    <T> T now(CompletionStage<Decision<T>> stage) {
        var decision =
                stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
        assertThat(decision).isInstanceOfSatisfying(Decided.class, decided -> assertThat(decided.source())
                .isEqualTo(source()));
        return ((Decided<T>) decision).value();
    }

    static void pass(long seconds) {
        NOW.addAndGet(seconds * SECOND);
    }

    static Instant in(long seconds) {
        return MicroClock.instant(NOW.get() + seconds * SECOND);
    }

    static Deadline budget() {
        return Deadline.in(Duration.ofSeconds(20));
    }
}
