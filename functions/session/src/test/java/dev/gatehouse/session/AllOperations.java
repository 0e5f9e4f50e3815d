// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Outage;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.session.Attributes.Attribute.Value;
import dev.gatehouse.session.Rotation.Rotated;
import dev.gatehouse.session.SessionRequest.OnLimit;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** Runs every operation of sessions and collects every token. */
final class AllOperations {

    static final UserId USER = new UserId("ada.lovelace@example.org");

    /** Words that reveal something about the user. */
    static final String[] PERSONAL = {USER.value(), "Lovelace", "Analytical", "192.0.2.7"};

    private final RedisProcess redis;
    private final AtomicLong now;
    private final Caller caller;
    private final List<SessionToken> tokens = new ArrayList<>();

    /** @param now the clock of {@code link} */
    AllOperations(RedisProcess redis, RedisLink link, AtomicLong now) {
        this.redis = redis;
        this.now = now;
        var cache = new SessionCache(SessionCache.DEFAULT_MAX_BYTES, now::get);
        new Outage(link).onRecovery(cache::clear);
        this.caller = new Caller(new GuardedSessions(new RedisSessions(link), cache), "tenant-" + UUID.randomUUID());
    }

    List<SessionToken> tokens() {
        return tokens;
    }

    /**
     * Runs each operation with each of its outcomes. At the end a session is live.
     *
     * @param between runs while several sessions are live
     */
    void run(Runnable between) {
        var first = request(token());
        var second = request(token());
        caller.create(first);
        caller.create(first);
        assertThat(caller.create(request(token(), first.attributes(), 1, OnLimit.REJECT)))
                .isEqualTo(new Creation.LimitReached());
        assertThat(caller.create(request(token(), large(), 10, OnLimit.EVICT_OLDEST)))
                .isEqualTo(new Creation.TooLarge());
        caller.create(second);
        caller.lookup(first.token(), Touch.LOOK);
        now.addAndGet(120_000_000);
        caller.lookup(first.token(), Touch.TOUCH);
        assertThat(caller.lookup(token(), Touch.TOUCH)).isEqualTo(new Lookup.Invalid());
        var id = first.token().id();
        caller.patch(id, new Attributes(Map.of("more", new Value("[1]"))), OptionalLong.empty());
        assertThat(caller.patch(id, first.attributes(), OptionalLong.of(1))).isEqualTo(new Patching.VersionDiffers(2));
        assertThat(caller.patch(id, large(), OptionalLong.of(2))).isEqualTo(new Patching.TooLarge());
        assertThat(caller.patch(token().id(), large(), OptionalLong.of(2))).isEqualTo(new Patching.Absent());
        var successor = rotated(first.token());
        assertThat(rotated(first.token())).isEqualTo(successor);
        rotated(successor);
        assertThat(caller.rotate(first.token(), Grace.DEFAULT)).isEqualTo(new Rotation.Invalid());
        var elevated = elevated(second.token());
        assertThat(elevated(second.token())).isEqualTo(elevated);
        assertThat(caller.rotate(second.token(), Grace.DEFAULT)).isEqualTo(new Rotation.Invalid());
        caller.list(USER);
        between.run();
        caller.create(request(token(), Attributes.NONE, 2, OnLimit.EVICT_OLDEST));
        caller.revoke(second.token().id());
        caller.revoke(second.token().id());
        caller.create(request(token()));
        caller.revokeAll(USER, Optional.of(id));
        caller.create(request(token()));
    }

    /** Runs the operations on unreadable records and while Redis is slow, silent, gone and empty again. */
    void runFailures() {
        var request = request(token());
        caller.create(request);
        for (var key : (List<?>) redis.cli("KEYS", "gh:*")) {
            for (var field : (List<?>) redis.cli("HKEYS", (String) key)) {
                redis.cli("HSET", (String) key, (String) field, "garbage");
            }
        }
        runAll(request, Deadline.in(Duration.ofSeconds(20)));
        redis.cli("FLUSHALL");
        runAll(request, Deadline.in(Duration.ofNanos(1)));
        redis.freeze();
        runAll(request, Deadline.in(Duration.ofMillis(50)));
        redis.kill();
        runAll(request, Deadline.in(Duration.ofSeconds(1)));
        redis.restart();
        runAll(request, Deadline.in(Duration.ofSeconds(20)));
    }

    private void runAll(SessionRequest request, Deadline deadline) {
        var token = request.token();
        var sessions = caller.sessions();
        var stages = List.of(
                sessions.lookup(caller.tenant(), token, Touch.TOUCH, deadline),
                sessions.patch(caller.tenant(), token.id(), request.attributes(), OptionalLong.empty(), deadline),
                sessions.rotate(caller.tenant(), token, Grace.DEFAULT, deadline),
                sessions.elevate(caller.tenant(), token, new Rotation.Grant("strong", 1), Grace.DEFAULT, deadline),
                sessions.list(caller.tenant(), USER, deadline),
                sessions.create(caller.tenant(), request, deadline),
                sessions.revoke(caller.tenant(), token.id(), deadline),
                sessions.revokeAll(caller.tenant(), USER, Optional.empty(), deadline));
        for (var stage : stages) {
            stage.toCompletableFuture().join();
        }
    }

    private SessionToken token() {
        var token = SessionToken.random(USER);
        tokens.add(token);
        return token;
    }

    private SessionToken elevated(SessionToken token) {
        return successor(caller.elevate(token, new Rotation.Grant("strong", 300), Grace.DEFAULT));
    }

    private SessionToken rotated(SessionToken token) {
        return successor(caller.rotate(token, Grace.DEFAULT));
    }

    private SessionToken successor(Rotation rotation) {
        assertThat(rotation).isInstanceOf(Rotated.class);
        var successor = ((Rotated) rotation).token();
        tokens.add(successor);
        return successor;
    }

    static SessionRequest request(SessionToken token) {
        return request(token, new Attributes(Map.of("name", new Value("\"Lovelace\""))), 10, OnLimit.EVICT_OLDEST);
    }

    private static SessionRequest request(SessionToken token, Attributes attributes, int maxSessions, OnLimit onLimit) {
        return new SessionRequest(
                token,
                USER,
                attributes,
                new Device("Analytical Engine", "Mozilla/5.0", "192.0.2.7"),
                1800,
                86_400,
                maxSessions,
                onLimit,
                new UserId("agent.Lovelace@example.org"),
                null);
    }

    private static Attributes large() {
        return new Attributes(Map.of("name", new Value("\"" + "Lovelace".repeat(1000) + "\"")));
    }
}
