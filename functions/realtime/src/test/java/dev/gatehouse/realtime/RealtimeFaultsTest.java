// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.realtime.channel.CatchUp;
import dev.gatehouse.realtime.channel.ChannelEvent;
import dev.gatehouse.realtime.channel.ChannelLog;
import dev.gatehouse.realtime.channel.Position;
import dev.gatehouse.realtime.channel.Publication;
import dev.gatehouse.realtime.channel.PublishOutcome;
import dev.gatehouse.realtime.channel.PublishOutcome.Published;
import dev.gatehouse.realtime.channel.RedisChannelLog;
import dev.gatehouse.realtime.presence.Departures;
import dev.gatehouse.realtime.presence.EnterRequest;
import dev.gatehouse.realtime.presence.Entered;
import dev.gatehouse.realtime.presence.Member;
import dev.gatehouse.realtime.presence.MemberConnection;
import dev.gatehouse.realtime.presence.MemberPage;
import dev.gatehouse.realtime.presence.PresenceStore;
import dev.gatehouse.realtime.presence.RedisPresence;
import dev.gatehouse.realtime.presence.TypingUsers;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.LinkOnClock;
import dev.gatehouse.redis.LinkProbe;
import dev.gatehouse.redis.MicroClock;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.testkit.DeepTest;
import dev.gatehouse.testkit.Rounds;
import dev.gatehouse.testkit.Threads;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.proxy.WireFault;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Each operation under each network fault: nobody is reported twice, and no event is published twice or lost. */
class RealtimeFaultsTest {

    private static final ChannelName ROOM = new ChannelName("room");
    private static final MemberConnection ADA = new MemberConnection("ada", "1");
    private static final MemberConnection GRACE = new MemberConnection("grace", "1");
    private static final Duration BUDGET = Duration.ofSeconds(1);
    private static final long HALF_AN_HOUR = 1_800_000_000;

    private static RedisProcess redis;
    private static RedisLink directLink;
    private static RedisLink earlierLink;
    private static PresenceStore presence;
    private static PresenceStore earlier;
    private static ChannelLog log;

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        directLink = RedisLink.to(LinkProbe.patientSettings(redis.url()));
        presence = new RedisPresence(directLink);
        log = new RedisChannelLog(directLink);
        earlierLink = LinkOnClock.toServer(redis.port(), () -> MicroClock.now() - HALF_AN_HOUR);
        earlier = new RedisPresence(earlierLink);
    }

    @AfterAll
    static void stop() {
        directLink.close();
        earlierLink.close();
        redis.close();
    }

    /** The decisions during a fault and after it. */
    private record Pair<T>(Decision<T> during, T after) {

        /** Returns the values that the caller got. */
        Stream<T> decided() {
            return during instanceof Decided<T>(var value, var _) ? Stream.of(value, after) : Stream.of(after);
        }
    }

    /** Calls through a proxy with a fault. Each trial has a tenant of its own. */
    private record Storm(WireFault fault, FaultProxy wire, RedisLink link, String tenant) {

        PresenceStore presence() {
            return new RedisPresence(link);
        }

        ChannelLog log() {
            return new RedisChannelLog(link);
        }

        /** Calls during the fault, and again after it. */
        <T> Pair<T> repeated(Supplier<CompletionStage<Decision<T>>> call) {
            fault.strike(wire);
            long from = System.nanoTime();
            var during = join(call.get());
            assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(BUDGET.plusSeconds(4));
            assertThat(during).isInstanceOfAny(Decided.class, Unavailable.class);
            wire.pass();
            var after = await().atMost(Duration.ofSeconds(30)).until(() -> join(call.get()), Decided.class::isInstance);
            return new Pair<>(during, ((Decided<T>) after).value());
        }

        MemberPage members() {
            return decided(RealtimeFaultsTest.presence.list(tenant, ROOM, 9, Optional.empty(), patience()));
        }

        Position published(String id) {
            var publication = Publication.of("e", "1").withId(id);
            var outcome = decided(RealtimeFaultsTest.log.publish(tenant, ROOM, publication, patience()));
            return ((Published) outcome).at();
        }

        CatchUp caughtUp(Optional<Position> since) {
            return decided(RealtimeFaultsTest.log.catchUp(tenant, ROOM, since, 9, patience()));
        }
    }

    private interface Trial {
        void under(Storm storm);
    }

    private static final List<Trial> TRIALS = List.of(
            RealtimeFaultsTest::enter,
            RealtimeFaultsTest::enterAnew,
            RealtimeFaultsTest::leave,
            RealtimeFaultsTest::list,
            RealtimeFaultsTest::type,
            RealtimeFaultsTest::publish,
            RealtimeFaultsTest::catchUp);

    /** In the short suite each fault meets two operations. */
    @Test
    @DeepTest
    void underAnyFaultNothingIsReportedOrPublishedTwiceOrLost() throws Exception {
        int most = Rounds.of(2, TRIALS.size());
        Threads.each(WireFault.values(), fault -> {
            try (var wire = FaultProxy.inFrontOf(redis);
                    var link = RedisLink.to(RedisSettings.of(wire.host(), wire.port()))) {
                for (int i = 0; i < most; i++) {
                    var storm = new Storm(fault, wire, link, "tenant-" + UUID.randomUUID());
                    await().until(() -> join(storm.log().catchUp(storm.tenant, ROOM, Optional.empty(), 1, patience()))
                            instanceof Decided);
                    TRIALS.get((fault.ordinal() + i * 3) % TRIALS.size()).under(storm);
                }
            }
        });
    }

    /** The same request has the same outcome. */
    private static void enter(Storm storm) {
        var request = EnterRequest.of(ADA, 60, Optional.empty());
        var entered = storm.repeated(() -> storm.presence().enter(storm.tenant, ROOM, request, brief()));
        assertThat(entered.decided()).allMatch(Entered::joined);
        assertThat(entered.decided().distinct()).hasSize(1);
        assertThat(storm.members().members()).extracting(Member::connections).containsExactly(1);
    }

    /** Another request of the same connection is its heartbeat. */
    private static void enterAnew(Storm storm) {
        departing(storm);
        var entered = storm.repeated(
                () -> storm.presence().enter(storm.tenant, ROOM, EnterRequest.of(ADA, 60, Optional.empty()), brief()));
        assertThat(entered.decided().filter(Entered::joined)).hasSizeLessThan(2);
        assertThat(entered.decided().flatMap(one -> one.departed().stream()))
                .isSubsetOf("grace")
                .doesNotHaveDuplicates();
        if (entered.during instanceof Decided<Entered>(var first, var _)) {
            assertThat(first.joined()).isTrue();
            assertThat(first.departed()).containsExactly("grace");
        }
        assertThat(storm.members().members()).extracting(Member::userId).containsExactly("ada");
    }

    private static void leave(Storm storm) {
        entered(presence, storm, ADA);
        departing(storm);
        var left = storm.repeated(() -> storm.presence().leave(storm.tenant, ROOM, List.of(ADA), brief()));
        assertThat(left.decided().flatMap(one -> one.left().stream()))
                .isSubsetOf("ada")
                .doesNotHaveDuplicates();
        if (left.during instanceof Decided<Departures>(var first, var _)) {
            assertThat(first).isEqualTo(new Departures(List.of("ada"), List.of("grace")));
        }
        assertThat(left.after.departed()).isSubsetOf("grace");
        assertThat(storm.members()).isEqualTo(new MemberPage(List.of(), 0, List.of(), Optional.empty()));
    }

    private static void list(Storm storm) {
        entered(presence, storm, ADA);
        departing(storm);
        var pages = storm.repeated(() -> storm.presence().list(storm.tenant, ROOM, 9, Optional.empty(), brief()));
        assertThat(pages.decided())
                .allSatisfy(page ->
                        assertThat(page.members()).extracting(Member::userId).containsExactly("ada"));
        assertThat(pages.decided().flatMap(page -> page.departed().stream()))
                .isSubsetOf("grace")
                .doesNotHaveDuplicates();
        if (pages.during instanceof Decided<MemberPage>(var first, var _)) {
            assertThat(first.departed()).containsExactly("grace");
        }
    }

    /** Is not sent again, so that its report may be lost. */
    private static void type(Storm storm) {
        entered(presence, storm, ADA);
        var typing = storm.repeated(() -> storm.presence().type(storm.tenant, ROOM, ADA, true, 60_000, brief()));
        assertThat(typing.decided().filter(TypingUsers::changed)).hasSizeLessThan(2);
        assertThat(typing.decided()).allSatisfy(one -> assertThat(one.users()).containsExactly("ada"));
        if (typing.during instanceof Decided<TypingUsers>(var first, var _)) {
            assertThat(first.changed()).isTrue();
        }
    }

    private static void publish(Storm storm) {
        var start = storm.caughtUp(Optional.empty()).at();
        var before = storm.published("before");
        var publication = Publication.of("e", "1").withId("one");
        var published = storm.repeated(() -> storm.log().publish(storm.tenant, ROOM, publication, brief()));
        var after = storm.published("after");

        var at = ((Published) published.after).at();
        assertThat(published.decided().map(PublishOutcome.class::cast))
                .allSatisfy(outcome -> assertThat(((Published) outcome).at()).isEqualTo(at));
        assertThat(storm.caughtUp(Optional.of(start)).events())
                .extracting(ChannelEvent::at)
                .containsExactly(before, at, after);
    }

    private static void catchUp(Storm storm) {
        var start = storm.caughtUp(Optional.empty()).at();
        var all = List.of(storm.published("a"), storm.published("b"));
        var caughtUp = storm.repeated(() -> storm.log().catchUp(storm.tenant, ROOM, Optional.of(start), 9, brief()));
        assertThat(caughtUp.decided()).allSatisfy(outcome -> {
            assertThat(outcome.recovered()).isTrue();
            assertThat(outcome.events()).extracting(ChannelEvent::at).isEqualTo(all);
        });
    }

    /** Adds a user whose only connection has ended, which no call has reported. */
    private static void departing(Storm storm) {
        entered(earlier, storm, GRACE);
    }

    private static void entered(PresenceStore by, Storm storm, MemberConnection connection) {
        decided(by.enter(storm.tenant, ROOM, EnterRequest.of(connection, 60, Optional.empty()), patience()));
    }

    private static <T> Decision<T> join(CompletionStage<Decision<T>> stage) {
        return stage.toCompletableFuture().join();
    }

    private static <T> T decided(CompletionStage<Decision<T>> stage) {
        var decision = join(stage);
        assertThat(decision).isInstanceOf(Decided.class);
        return ((Decided<T>) decision).value();
    }

    private static Deadline brief() {
        return Deadline.in(BUDGET);
    }

    private static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(20));
    }
}
