// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.presence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.fallback.Outage;
import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.LinkOnClock;
import dev.gatehouse.redis.MicroClock;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nobody is announced wrongly while Redis is away, and nobody is reported to have left because of it. */
class GuardedPresenceTest {

    private static final long SECOND = 1_000_000;
    private static final ChannelName ROOM = new ChannelName("room");
    private static final MemberConnection ADA = new MemberConnection("ada", "1");

    private final AtomicLong clock = new AtomicLong(1_790_000_000 * SECOND);
    private final RedisProcess redis = RedisProcess.start();
    private final FaultProxy wire = FaultProxy.inFrontOf(redis);
    private final RedisLink link = LinkOnClock.toServer(wire.port(), clock::get);
    private final PresenceStore presence = new GuardedPresence(new RedisPresence(link), false, clock::get);
    private final PresenceStore closed = new GuardedPresence(new RedisPresence(link), true, clock::get);

    @AfterEach
    void close() {
        link.close();
        wire.close();
        redis.close();
    }

    @Test
    void whileRedisRepliesItDecides() {
        assertThat(enter(ADA)).isEqualTo(new Decided<>(new Entered(true, 1, end(), List.of()), Source.REDIS));
        assertThat(list()).isInstanceOfSatisfying(Decided.class, page -> assertThat(page.degraded())
                .isFalse());
    }

    @Test
    void withoutRedisNobodyJoinsLeavesTypesOrDeparts() {
        enter(ADA);
        redis.kill();
        clock.addAndGet(120 * SECOND);

        assertThat(enter(new MemberConnection("grace", "1")))
                .isEqualTo(new Decided<>(new Entered(false, 0, end(), List.of()), Source.LOCAL));
        assertThat(leave(ADA)).isEqualTo(new Decided<>(Departures.NONE, Source.LOCAL));
        assertThat(type(presence)).isEqualTo(new Decided<>(TypingUsers.NONE, Source.LOCAL));
    }

    @Test
    void theMembersAreThoseOfTheLastMinute() {
        enter(ADA);
        var page = ((Decided<MemberPage>) list()).value();
        redis.kill();

        clock.addAndGet(60 * SECOND - 1);
        assertThat(list()).isEqualTo(new Decided<>(page, Source.LOCAL));
        clock.incrementAndGet();
        assertThat(list()).isInstanceOf(Unavailable.class);
        assertThat(now(presence.list("tenant", ROOM, 5, Optional.empty(), budget())))
                .as("another page")
                .isInstanceOf(Unavailable.class);
    }

    @Test
    void aDepartureIsNotReportedAgainFromMemory() {
        enter(ADA);
        clock.addAndGet(60 * SECOND);
        assertThat(((Decided<MemberPage>) list()).value().departed()).containsExactly("ada");
        redis.kill();

        assertThat(((Decided<MemberPage>) list()).value().departed()).isEmpty();
    }

    @Test
    void theFirstHeartbeatAfterTheOutageIsNoJoin() {
        new Outage(link);
        enter(ADA);
        wire.refuse();
        wire.cutConnections();
        assertThat(enter(ADA)).isInstanceOfSatisfying(Decided.class, entered -> assertThat(entered.degraded())
                .isTrue());
        wire.pass();

        await().until(
                        () -> enter(ADA),
                        decision -> decision instanceof Decided<Entered> entered && !entered.degraded());
        assertThat(((Decided<Entered>) enter(ADA)).value()).isEqualTo(new Entered(false, 1, end(), List.of()));
    }

    @Test
    void aClosedGuardIsUnavailable() {
        now(closed.list("tenant", ROOM, 10, Optional.empty(), budget()));
        redis.kill();

        assertThat(now(closed.enter("tenant", ROOM, request(ADA), budget()))).isInstanceOf(Unavailable.class);
        assertThat(now(closed.leave("tenant", ROOM, List.of(ADA), budget()))).isInstanceOf(Unavailable.class);
        assertThat(now(closed.list("tenant", ROOM, 10, Optional.empty(), budget())))
                .isInstanceOf(Unavailable.class);
        assertThat(type(closed)).isInstanceOf(Unavailable.class);
    }

    private Decision<Entered> enter(MemberConnection connection) {
        return now(presence.enter("tenant", ROOM, request(connection), budget()));
    }

    private static EnterRequest request(MemberConnection connection) {
        return EnterRequest.of(connection, 60, Optional.empty());
    }

    private Decision<Departures> leave(MemberConnection connection) {
        return now(presence.leave("tenant", ROOM, List.of(connection), budget()));
    }

    private Decision<MemberPage> list() {
        return now(presence.list("tenant", ROOM, 10, Optional.empty(), budget()));
    }

    private Decision<TypingUsers> type(PresenceStore store) {
        return now(store.type("tenant", ROOM, ADA, true, 6000, budget()));
    }

    private java.time.Instant end() {
        return MicroClock.instant(clock.get() + 60 * SECOND);
    }

    private static <T> Decision<T> now(CompletionStage<Decision<T>> stage) {
        return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
    }

    private static Deadline budget() {
        return Deadline.in(Duration.ofSeconds(5));
    }
}
