// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.redis.LinkOnClock;
import dev.gatehouse.redis.LinkProbe;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.RedisOnClock;
import dev.gatehouse.session.Creation.Created;
import dev.gatehouse.session.Lookup.Found;
import dev.gatehouse.session.Patching.Absent;
import dev.gatehouse.session.SessionRequest.OnLimit;
import dev.gatehouse.testkit.proxy.FaultProxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class RedisSessionsTest extends SessionsContract {

    @RegisterExtension
    private static final RedisOnClock REDIS = RedisOnClock.server(NOW::get);

    @Override
    SessionStore sessions(TokenReuse onReuse) {
        return new RedisSessions(REDIS.link(), onReuse);
    }

    @Override
    Decision.Source source() {
        return Decision.Source.REDIS;
    }

    @Test
    void aUserHasOneKeyThatDoesNotRevealTheId() {
        begin(new UserId("user-42"));
        var rotated = begin(new UserId("user-42")).token();
        rotate(rotated, 10);

        assertThat((List<?>) REDIS.cli("KEYS", "gh:{" + tenant() + ":*"))
                .isEqualTo(List.of("gh:{" + tenant() + ":" + HashTag.of("user-42") + "}:sessions"));
    }

    @Test
    void eachOperationIsOneScript() {
        exercise();
        REDIS.cli("CONFIG", "RESETSTAT");

        exercise();

        assertThat(REDIS.calls("evalsha")).isEqualTo(8);
        assertThat(REDIS.calls("eval")).isZero();
    }

    private void exercise() {
        var token = begin(ADA).token();
        pass(61 * SECOND);
        lookup(token);
        look(token);
        patch(token.id(), members("n", "1"));
        rotate(token, 10);
        list(ADA);
        revoke(token.id());
        revokeAll(ADA, null);
    }

    @Test
    void aLookupWithoutTouchTakesTwoCommandsAtMostAndWritesNothing() {
        var token = begin(ADA).token();
        pass(120 * SECOND);
        look(token);
        REDIS.cli("CONFIG", "RESETSTAT");
        look(token);

        assertThat(REDIS.calls("hget")).isEqualTo(1);
        for (var command : List.of("hset", "pexpire", "pttl", "hdel", "type", "hgetall")) {
            assertThat(REDIS.calls(command)).as(command).isZero();
        }
    }

    @Test
    void theKeyLastsAsLongAsTheLastSession() {
        var brief = begin(ADA, 10, DAY).token();
        assertThat(millisToLive(ADA)).isBetween(1L, 10_000L);
        var longer = begin(ADA, 1000, DAY).token();
        assertThat(millisToLive(ADA)).isBetween(990_000L, 1_000_000L);
        pass(5 * SECOND);
        lookup(brief);
        assertThat(millisToLive(ADA)).as("not shortened by a touch").isBetween(990_000L, 1_000_000L);
        pass(55 * SECOND);
        lookup(longer);
        assertThat(millisToLive(ADA)).isBetween(995_000L, 1_000_000L);
        REDIS.cli("PEXPIRE", key(ADA), "50000");
        pass(60 * SECOND);
        lookup(longer);
        assertThat(millisToLive(ADA)).as("put off by a touch").isBetween(990_000L, 1_000_000L);
        begin(ADA, 10, DAY);
        assertThat(millisToLive(ADA)).as("not shortened by a new one").isBetween(990_000L, 1_000_000L);
        revoke(longer.id());
        assertThat(millisToLive(ADA)).as("harmless").isBetween(990_000L, 1_000_000L);
        list(ADA);
        assertThat(millisToLive(ADA)).as("put right by a list").isBetween(1L, 10_000L);
        var last = begin(ADA, 5, DAY);
        begin(ADA, 2000, DAY);
        revokeAll(ADA, id(last));
        assertThat(millisToLive(ADA)).as("put right by a revocation of others").isBetween(1L, 5_000L);
        create(request(ADA, 1, OnLimit.EVICT_OLDEST));
        assertThat(millisToLive(ADA)).isBetween(1_790_000L, 1_800_000L);
        create(SessionRequest.of(ADA, Attributes.NONE, Device.UNKNOWN, 7, 7, 1, OnLimit.EVICT_OLDEST));
        assertThat(millisToLive(ADA)).as("put right by an eviction").isBetween(1L, 7_000L);
    }

    @Test
    void theExpiryIsRoundedUp() {
        begin(ADA, 1, 1);
        pass(SECOND - 1);
        REDIS.cli("PERSIST", key(ADA));
        list(ADA);
        // A microsecond is left; the least expiry of Redis is a millisecond.
        assertThat(REDIS.cli("PTTL", key(ADA))).isIn(1L, 0L, -2L);
    }

    @Test
    void endedSessionsAreRemoved() {
        begin(ADA, 10, DAY);
        begin(ADA, 20, DAY);
        begin(ADA, 1000, DAY);
        pass(10 * SECOND);
        list(ADA);
        assertThat(records(ADA)).isEqualTo(2);
        pass(10 * SECOND);
        begin(ADA, 5, DAY);
        assertThat(records(ADA)).isEqualTo(2);
        pass(5 * SECOND);
        create(request(ADA, 1, OnLimit.REJECT));
        assertThat(records(ADA)).as("also where none is begun").isEqualTo(1);
        begin(ADA, 5, DAY);
        pass(5 * SECOND);
        var stays = begin(ADA, 6, DAY);
        revokeAll(ADA, id(stays));
        assertThat(records(ADA)).isEqualTo(1);
        revokeAll(ADA, null);
        assertThat(REDIS.cli("EXISTS", key(ADA))).isEqualTo(0L);
        begin(ADA, 5, DAY);
        pass(5 * SECOND);
        assertThat(list(ADA)).isEmpty();
        assertThat(REDIS.cli("EXISTS", key(ADA))).isEqualTo(0L);
    }

    @Test
    void amongManySessionsACreationScansRarelyAndStillRemovesTheEnded() {
        for (int n = 0; n < 70; n++) {
            begin(ADA, 1000 + n, DAY);
        }
        REDIS.cli("CONFIG", "RESETSTAT");
        begin(ADA, 2000, DAY);
        assertThat(REDIS.calls("hgetall")).isZero();
        assertThat(millisToLive(ADA)).as("it lasts as long as the new one").isBetween(1_990_000L, 2_000_000L);
        begin(ADA, 10, DAY);
        assertThat(millisToLive(ADA)).isBetween(1_980_000L, 2_000_000L);
        for (int n = 0; n < 200; n++) {
            pass(SECOND);
            begin(ADA, 1, DAY);
            assertThat(records(ADA)).isLessThanOrEqualTo(72 + 32);
        }
        assertThat(list(ADA)).hasSize(72);
        assertThat(create(request(ADA, 72, OnLimit.REJECT))).isEqualTo(new Creation.LimitReached());
        assertThat(create(request(ADA, 73, OnLimit.REJECT))).isInstanceOf(Created.class);
        assertThat(create(request(ADA, 70, OnLimit.EVICT_OLDEST)))
                .isInstanceOfSatisfying(
                        Created.class, created -> assertThat(created.evicted()).isEqualTo(4));
        var again = request(ADA, 1000, OnLimit.REJECT);
        assertThat(create(again)).isEqualTo(create(again));
        assertThat(list(ADA)).hasSize(71);
    }

    @Test
    void aRejectionWritesNothing() {
        var token = begin(ADA).token();
        var wrong = new SessionToken(token.id(), SessionToken.random(ADA).secret());
        pass(100 * SECOND);
        var before = REDIS.cli("HGETALL", key(ADA));
        REDIS.cli("CONFIG", "RESETSTAT");

        lookup(wrong);
        rotate(wrong, 10);
        patch(token.id(), members("n", "1"), 7);
        patch(token.id(), members("n", "x".repeat(5000)));
        patch(SessionId.random(ADA), members("n", "1"));
        revoke(SessionId.random(ADA));

        assertThat(REDIS.cli("HGETALL", key(ADA))).isEqualTo(before);
        for (var command : List.of("hset", "pexpire")) {
            assertThat(REDIS.calls(command)).as(command).isZero();
        }
    }

    @Test
    void usersWithTheSameTagAreSeparate() {
        var adas = begin(ADA).token();
        // Simulates a user with the tag of Ada's id.
        var eves = begin(GRACE).token();
        move(eves.id(), ADA);
        var shared = new SessionToken(new SessionId(ADA.tag(), eves.id().random()), eves.secret());
        assertThat(found(lookup(shared)).userId()).isEqualTo(GRACE);

        assertThat(list(ADA)).extracting(Session::id).containsExactly(adas.id());
        assertThat(create(request(ADA, 1, OnLimit.EVICT_OLDEST)))
                .isInstanceOfSatisfying(
                        Created.class, created -> assertThat(created.evicted()).isEqualTo(1));
        assertThat(lookup(shared)).isInstanceOf(Found.class);
        assertThat(revokeAll(ADA, null)).isEqualTo(1);
        assertThat(lookup(shared)).isInstanceOf(Found.class);
        assertThat(create(request(ADA, 1, OnLimit.REJECT))).isInstanceOf(Created.class);
    }

    @Test
    void anUnreadableRecordIsNoSession() {
        var whole = "redis.call('GET', 'whole')";
        var unreadable = new ArrayList<String>(List.of(
                "''",
                "'junk'",
                "string.rep('\\145', 5000)",
                "cmsgpack.pack(1)",
                "cmsgpack.pack(unpack({1,2,3,4,5,6,7,8,9,10,11,12,13}))",
                "cmsgpack.pack('a','b')",
                whole + ":sub(1, -2)",
                whole + ":sub(2)",
                whole + " .. '\\1'"));
        // Each value with another type, invalid numbers, and texts with invalid contents.
        for (int value = 1; value <= 13; value++) {
            for (var other : List.of("{}", "true", value <= 2 || value >= 10 ? "7" : "'7'")) {
                unreadable.add(changed(whole, value, other));
            }
        }
        for (var other : List.of("0.5", "2^70")) {
            unreadable.add(changed(whole, 9, other));
        }
        for (var other : List.of("''", "'\\255'", "string.rep('x', 300)")) {
            unreadable.add(changed(whole, 11, other));
        }
        for (var other :
                List.of("''", "'junk'", "cmsgpack.pack({1})", "cmsgpack.pack({a = 1})", "'\\129\\161a'", deep(9))) {
            unreadable.add(changed(whole, 12, other));
        }
        for (var other : List.of("''", "'junk'", "cmsgpack.pack({name = 1})", "cmsgpack.pack({ip = ('1'):rep(46)})")) {
            unreadable.add(changed(whole, 13, other));
        }

        for (var record : unreadable) {
            var live = begin(ADA).token();
            var token = begin(ADA).token();
            copy(token.id(), "whole");
            pass(61 * SECOND); // A touch is due, which would write.
            long before = RedisSessions.unreadable();
            put(token.id(), record);
            assertThat(lookup(token)).as(record).isEqualTo(new Lookup.Invalid());
            assertThat(look(token)).as(record).isEqualTo(new Lookup.Invalid());
            assertThat(RedisSessions.unreadable()).as(record).isEqualTo(before + 2);
            assertThat(list(ADA))
                    .as(record)
                    .extracting(Session::id)
                    .contains(live.id())
                    .doesNotContain(token.id());
            assertThat(patch(token.id(), members("n", "1"))).as(record).isEqualTo(new Absent());
            put(token.id(), record);
            assertThat(rotate(token, 10)).as(record).isEqualTo(new Rotation.Invalid());
            put(token.id(), record);
            assertThat(revokeAll(ADA, live.id())).as(record).isBetween(0, 2);
            assertThat(look(live)).as(record).isInstanceOf(Found.class);
            revoke(token.id());
            assertThat(REDIS.cli("HEXISTS", key(ADA), token.id().random()))
                    .as(record)
                    .isEqualTo(0L);
        }
    }

    @Test
    void onlyRevocationsRemoveUnreadableRecords() {
        begin(ADA, 1000, DAY);
        var token = begin(ADA).token();
        put(token.id(), "'of a version to come'");
        REDIS.cli("PEXPIRE", key(ADA), "5000000");

        pass(100 * SECOND);
        lookup(token);
        list(ADA);
        begin(ADA, 10, DAY);
        assertThat(REDIS.cli("HGET", key(ADA), token.id().random())).isEqualTo("of a version to come");
        assertThat(millisToLive(ADA)).as("it may outlast the others").isGreaterThan(4_000_000);

        assertThat(revoke(token.id())).isEqualTo(0);
        assertThat(REDIS.cli("HEXISTS", key(ADA), token.id().random())).isEqualTo(0L);
        put(token.id(), "'of a version to come'");
        revokeAll(ADA, null);
        assertThat(REDIS.cli("EXISTS", key(ADA))).isEqualTo(0L);
    }

    @Test
    void anUnreadableRecordDoesNotCountTowardTheMaximum() {
        var token = begin(ADA).token();
        put(token.id(), "'junk'");

        assertThat(create(request(ADA, 1, OnLimit.REJECT))).isInstanceOf(Created.class);
    }

    @Test
    void aKeyOfAnotherTypeHoldsNoSessionAndStaysUnchanged() {
        var request = begin(ADA);
        REDIS.cli("SET", key(ADA), "junk", "PX", "60000");

        assertThat(lookup(request.token())).isEqualTo(new Lookup.Invalid());
        assertThat(rotate(request.token(), 10)).isEqualTo(new Rotation.Invalid());
        assertThat(patch(id(request), members("n", "1"))).isEqualTo(new Absent());
        assertThat(revoke(id(request))).isEqualTo(0);
        assertThat(revokeAll(ADA, null)).isEqualTo(0);
        assertThat(list(ADA)).isEmpty();
        assertUnavailable(sessions().create(tenant(), request, patience()));
        assertThat(REDIS.cli("GET", key(ADA))).isEqualTo("junk");
    }

    @Test
    void onTheClockOfRedisTheContractHolds() {
        try (var own = RedisLink.to(LinkProbe.patientSettings(REDIS.server().url()))) {
            var sessions = new RedisSessions(own);
            var request = SessionRequest.of(ADA, Attributes.NONE, PHONE, 60, 60, 1, OnLimit.REJECT);
            var session = created(untilDecided(() -> sessions.create(tenant(), request, patience())));
            assertThat(untilDecided(() -> sessions.lookup(tenant(), request.token(), Touch.TOUCH, patience())))
                    .isEqualTo(new Found(session));
            assertThat(session.expiresAt()).isEqualTo(session.createdAt().plusSeconds(60));
            var brief = SessionRequest.of(GRACE, Attributes.NONE, PHONE, 1, 1, 1, OnLimit.REJECT);
            untilDecided(() -> sessions.create(tenant(), brief, patience()));
            await().until(() -> untilDecided(() -> sessions.lookup(tenant(), brief.token(), Touch.LOOK, patience()))
                    instanceof Lookup.Invalid);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void anOperationWithoutReplyIsRetried(int lost) {
        try (var wire = FaultProxy.inFrontOf(REDIS.server());
                var faulty = LinkOnClock.toServer(wire.port(), NOW::get)) {
            var sessions = new RedisSessions(faulty);
            var request = request(ADA, 1, OnLimit.REJECT);
            decided(sessions.lookup(tenant(), request.token(), Touch.LOOK, patience()));

            wire.swallowNextReplyAndReset();
            assertThat(decided(sessions.create(tenant(), request, patience()))).isInstanceOf(Created.class);
            var token = request.token();
            for (int n = 0; n < lost; n++) {
                wire.swallowNextReplyAndReset();
                var rotated = rotated(decided(sessions.rotate(tenant(), token, new Grace(0), patience())));
                assertThat(decided(sessions.lookup(tenant(), token, Touch.LOOK, patience())))
                        .isEqualTo(new Lookup.Reused());
                token = rotated.token();
            }
            wire.swallowNextReplyAndReset();
            assertThat(decided(sessions.lookup(tenant(), token, Touch.TOUCH, patience())))
                    .isInstanceOf(Found.class);
            wire.swallowNextReplyAndReset();
            assertUnavailable(
                    sessions.patch(tenant(), token.id(), members("n", "1"), OptionalLong.empty(), patience()));
            assertThat(decided(sessions.list(tenant(), ADA, patience())))
                    .singleElement()
                    .satisfies(session -> assertThat(session.version()).isEqualTo(2));
            wire.swallowNextReplyAndReset();
            assertThat(decided(sessions.revoke(tenant(), token.id(), patience())))
                    .isEqualTo(0);
            wire.swallowNextReplyAndReset();
            assertThat(decided(sessions.revokeAll(tenant(), ADA, Optional.empty(), patience())))
                    .isEqualTo(0);
        }
    }

    @Test
    void theFirstUnreadableRecordIsLoggedAndAllAreCounted() {
        var logger = (Logger) LoggerFactory.getLogger(RedisSessions.class);
        var lines = new ListAppender<ILoggingEvent>();
        lines.start();
        logger.addAppender(lines);
        try {
            var records = new SessionReplyReader.UnreadableRecords();
            records.found(0, "none");
            records.found(1, "cut short");
            records.found(2, "cut short");
            assertThat(records.count()).isEqualTo(3);
        } finally {
            logger.detachAppender(lines);
        }
        assertThat(lines.list)
                .filteredOn(event ->
                        event.getThreadName().equals(Thread.currentThread().getName()))
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.getLevel()).isEqualTo(Level.WARN);
                    assertThat(event.getFormattedMessage()).contains("cut short");
                });
    }

    /** On a busy machine the first connection can exceed the deadline. */
    private static <T> T untilDecided(Supplier<CompletionStage<Decision<T>>> call) {
        var decision = await().until(() -> call.get().toCompletableFuture().join(), given -> given instanceof Decided);
        return ((Decided<T>) decision).value();
    }

    private static <T> void assertUnavailable(CompletionStage<Decision<T>> stage) {
        assertThat(stage.toCompletableFuture().join()).isInstanceOf(Unavailable.class);
    }

    /** Returns Lua that builds a record with one value replaced. */
    private static String changed(String record, int value, String other) {
        return "(function() local values = {cmsgpack.unpack(" + record + ")} values[" + value + "] = " + other
                + " return cmsgpack.pack(unpack(values)) end)()";
    }

    /** Returns Lua that builds attributes nested so deep. */
    private static String deep(int depth) {
        return IntStream.range(0, depth)
                .mapToObj(_ -> "'\\129\\161a' .. ")
                .reduce("", String::concat)
                .concat("'\\161b'");
    }

    private void copy(SessionId id, String to) {
        var copying = "redis.call('SET', KEYS[2], redis.call('HGET', KEYS[1], ARGV[1]), 'PX', 600000)";
        REDIS.cli("EVAL", copying, "2", key(ADA), to, id.random());
    }

    private void put(SessionId id, String record) {
        REDIS.cli("EVAL", "return redis.call('HSET', KEYS[1], ARGV[1], " + record + ")", "1", key(ADA), id.random());
    }

    /** Puts a session into the key of {@code to}. */
    private void move(SessionId id, UserId to) {
        REDIS.cli(
                "EVAL",
                "redis.call('HSET', KEYS[2], ARGV[1], redis.call('HGET', KEYS[1], ARGV[1]))",
                "2",
                "gh:{" + tenant() + ":" + id.tag() + "}:sessions",
                key(to),
                id.random());
    }

    private long records(UserId user) {
        return (Long) REDIS.cli("HLEN", key(user));
    }

    private long millisToLive(UserId user) {
        return (Long) REDIS.cli("PTTL", key(user));
    }

    private String key(UserId user) {
        return "gh:{" + tenant() + ":" + user.tag() + "}:sessions";
    }
}
