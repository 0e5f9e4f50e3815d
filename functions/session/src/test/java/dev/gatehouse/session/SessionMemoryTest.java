// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.LinkOnClock;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.session.Lookup.Found;
import dev.gatehouse.session.Rotation.Rotated;
import dev.gatehouse.session.SessionRequest.OnLimit;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A process without Redis finds recently cached sessions in memory, but none that has ended. */
class SessionMemoryTest {

    private static final UserId USER = new UserId("ada");
    private static final long SECOND = 1_000_000;

    private final AtomicLong now = new AtomicLong(1_790_000_000 * SECOND);
    private final RedisProcess redis = RedisProcess.start();
    private final FaultProxy wire = FaultProxy.inFrontOf(redis);
    private final RedisLink link = LinkOnClock.toServer(wire.port(), now::get);
    private final SessionStore guarded = guarded();
    private final Caller caller = new Caller(guarded, "tenant");

    /** The revocations through this process. */
    private enum Revocation {
        REVOKED((sessions, token, deadline) -> sessions.revoke("tenant", token.id(), deadline)),
        ALL_REVOKED((sessions, token, deadline) -> sessions.revokeAll("tenant", USER, Optional.empty(), deadline)),
        ALL_BUT_ANOTHER_REVOKED((sessions, token, deadline) ->
                sessions.revokeAll("tenant", USER, Optional.of(SessionId.random(USER)), deadline));

        private final Revoking call;

        Revocation(Revoking call) {
            this.call = call;
        }
    }

    private interface Revoking {
        CompletionStage<Decision<Integer>> on(SessionStore sessions, SessionToken token, Deadline deadline);
    }

    @AfterEach
    void close() {
        link.close();
        wire.close();
        redis.close();
    }

    private SessionStore guarded() {
        return new GuardedSessions(new RedisSessions(link), new SessionCache(SessionCache.DEFAULT_MAX_BYTES, now::get));
    }

    @Test
    void aHitInMemoryDoesNotProlongTheEntry() {
        var token = begun();
        caller.lookup(token, Touch.LOOK);
        redis.kill();
        for (int i = 0; i < 6; i++) {
            assertThat(touch(token)).isInstanceOf(Decided.class);
            pass(10 * SECOND);
        }
        pass(1);

        assertThat(touch(token)).isInstanceOf(Unavailable.class);
    }

    @Test
    void memoryFindsASessionByItsTokenOnlyAndIsOtherwiseUnavailable() {
        var token = begun();
        var other = begun();
        caller.lookup(token, Touch.LOOK);
        caller.lookup(other, Touch.LOOK);
        redis.kill();

        for (var wrong : List.of(
                new SessionToken(token.id(), other.secret()),
                new SessionToken(token.id(), SessionToken.random(USER).secret()),
                new SessionToken(SessionId.random(USER), token.secret()),
                SessionToken.random(USER))) {
            assertThat(look(wrong)).isInstanceOf(Unavailable.class);
        }
        assertThat(join(guarded.lookup("another", token, Touch.LOOK, soon()))).isInstanceOf(Unavailable.class);
        assertThat(look(token)).isInstanceOf(Decided.class);
    }

    @ParameterizedTest
    @EnumSource
    void aRejectedTokenRemovesItsSession(Revocation revocation) {
        var token = begun();
        var successor = rotated(caller.rotate(token, new Grace(600)));
        caller.lookup(token, Touch.LOOK);
        caller.lookup(successor, Touch.LOOK);

        assertThat(join(revocation.call.on(guarded, token, patience()))).isInstanceOf(Decided.class);
        redis.kill();

        assertThat(look(token)).isInstanceOf(Unavailable.class);
        assertThat(look(successor)).isInstanceOf(Unavailable.class);
    }

    /** Whether Redis ran the revocation is unknown; removing the session is safe. */
    @ParameterizedTest
    @EnumSource
    void aRevocationWithoutReplyRemovesTheSessionFromMemory(Revocation revocation) {
        var token = begun();
        caller.lookup(token, Touch.LOOK);
        redis.kill();
        assertThat(look(token)).isInstanceOf(Decided.class);

        assertThat(join(revocation.call.on(guarded, token, soon()))).isInstanceOf(Unavailable.class);

        assertThat(look(token)).isInstanceOf(Unavailable.class);
    }

    @Test
    void theExceptedSessionStaysInMemory() {
        var token = begun();
        var spared = begun();
        caller.lookup(token, Touch.LOOK);
        caller.lookup(spared, Touch.LOOK);
        caller.revokeAll(USER, Optional.of(spared.id()));
        redis.kill();

        assertThat(look(token)).isInstanceOf(Unavailable.class);
        assertThat(look(spared)).isInstanceOf(Decided.class);
    }

    @Test
    void revokingAnotherUsersSessionsRemovesNoneOfThisUsers() {
        var token = begun();
        caller.lookup(token, Touch.LOOK);
        caller.revokeAll(new UserId("grace"), Optional.empty());
        new Caller(guarded, "another").revokeAll(USER, Optional.empty());
        new Caller(guarded, "another").revoke(token.id());
        redis.kill();

        assertThat(look(token)).isInstanceOf(Decided.class);
    }

    /** Redis runs the lookup and then the revocation; both replies arrive later. */
    @ParameterizedTest
    @EnumSource
    void aLookupInFlightDoesNotCacheASessionRevokedMeanwhile(Revocation revocation) {
        var token = begun();
        caller.lookup(token, Touch.LOOK);
        wire.delay(Duration.ofMillis(200));

        var lookup = guarded.lookup("tenant", token, Touch.TOUCH, patience());
        var reply = revocation.call.on(guarded, token, patience());

        assertThat(join(lookup)).isInstanceOfSatisfying(Decided.class, decided -> assertThat(decided.value())
                .isInstanceOf(Found.class));
        assertThat(join(reply)).isInstanceOf(Decided.class);
        wire.pass();
        redis.kill();
        assertThat(look(token)).isInstanceOf(Unavailable.class);
    }

    /** The same, but the revocation times out before its reply. */
    @ParameterizedTest
    @EnumSource
    void aReplyAfterARevocationTimedOutIsNotCached(Revocation revocation) {
        var token = begun();
        caller.lookup(token, Touch.LOOK);
        wire.blackHole();

        var lookup = guarded.lookup("tenant", token, Touch.TOUCH, patience());
        assertThat(join(revocation.call.on(guarded, token, briefly()))).isInstanceOf(Unavailable.class);
        wire.pass();
        join(lookup);
        redis.kill();

        assertThat(look(token)).isInstanceOf(Unavailable.class);
    }

    @Test
    void aTokenRotatedWithoutGraceIsNotCached() {
        var token = begun();
        caller.lookup(token, Touch.LOOK);
        rotated(caller.rotate(token, new Grace(0)));
        redis.kill();

        assertThat(look(token)).isInstanceOf(Unavailable.class);
    }

    /** With many users, some session always ends during a lookup of another user's. */
    @Test
    void anotherUsersRevocationDoesNotPreventCaching() {
        var token = begun();
        var another = SessionToken.random(new UserId("grace"));
        wire.delay(Duration.ofMillis(200));

        var lookup = guarded.lookup("tenant", token, Touch.TOUCH, patience());
        var revocations = List.of(
                guarded.revoke("tenant", another.id(), patience()),
                guarded.revokeAll("tenant", new UserId("grace"), Optional.empty(), patience()),
                guarded.revoke("another", token.id(), patience()),
                guarded.revokeAll("another", USER, Optional.empty(), patience()));

        assertThat(join(lookup)).isInstanceOf(Decided.class);
        revocations.forEach(SessionMemoryTest::join);
        wire.pass();
        redis.kill();
        assertThat(look(token)).isInstanceOf(Decided.class);
    }

    private Decision<Lookup> look(SessionToken token) {
        return join(guarded.lookup("tenant", token, Touch.LOOK, soon()));
    }

    private Decision<Lookup> touch(SessionToken token) {
        return join(guarded.lookup("tenant", token, Touch.TOUCH, soon()));
    }

    private SessionToken begun() {
        var request = request(1800, 86_400);
        assertThat(caller.create(request)).isInstanceOf(Creation.Created.class);
        return request.token();
    }

    private static SessionRequest request(long idleSeconds, long absoluteSeconds) {
        return SessionRequest.of(
                USER, Attributes.NONE, Device.UNKNOWN, idleSeconds, absoluteSeconds, 100, OnLimit.REJECT);
    }

    private static SessionToken rotated(Rotation rotation) {
        assertThat(rotation).isInstanceOf(Rotated.class);
        return ((Rotated) rotation).token();
    }

    private void pass(long micros) {
        now.addAndGet(micros);
    }

    private static <T> Decision<T> join(CompletionStage<Decision<T>> stage) {
        return stage.toCompletableFuture().join();
    }

    private static Deadline briefly() {
        return Deadline.in(Duration.ofMillis(200));
    }

    private static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(1));
    }

    private static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(20));
    }
}
