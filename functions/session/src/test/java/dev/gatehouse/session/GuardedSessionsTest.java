// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.fallback.Outage;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.LinkOnClock;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.session.Creation.Created;
import dev.gatehouse.session.Lookup.Found;
import dev.gatehouse.session.Rotation.Rotated;
import dev.gatehouse.session.SessionRequest.OnLimit;
import dev.gatehouse.testkit.Threads;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GuardedSessionsTest {

    private static final long SECOND = 1_000_000;
    private static final UserId ADA = new UserId("ada");
    private static final UserId GRACE = new UserId("grace");
    private static final Attributes PATCH = new Attributes(Map.of("n", new Attributes.Attribute.Value("1")));

    private static final Rotation.Grant STRONG = new Rotation.Grant("strong", 20);

    private final AtomicLong now = new AtomicLong(1_790_000_000 * SECOND);
    private final RedisProcess redis = RedisProcess.start();
    private final FaultProxy wire = FaultProxy.inFrontOf(redis);
    private final RedisLink link = LinkOnClock.toServer(wire.port(), now::get);
    private final SessionCache cache = new SessionCache(100_000, now::get);
    private final SessionStore sessions = new GuardedSessions(new RedisSessions(link), cache);
    private final SessionStore elsewhere = new RedisSessions(link);

    @AfterEach
    void close() {
        link.close();
        wire.close();
        redis.close();
    }

    @Test
    void whileRedisRepliesItDecides() {
        var token = begin(ADA);
        var session = found(lookup(token));
        assertThat(lookup(token)).isEqualTo(new Decided<>(new Found(session), Source.REDIS));
        revoke(elsewhere, token);
        assertThat(lookup(token)).isEqualTo(new Decided<>(new Lookup.Invalid(), Source.REDIS));
    }

    @Test
    void withoutRedisASeenSessionIsFoundInMemoryForAMinute() {
        var token = begin(ADA);
        var session = found(lookup(token));
        redis.kill();

        assertThat(lookup(token)).isEqualTo(new Decided<>(new Found(session), Source.LOCAL));
        now.addAndGet(60 * SECOND - 1);
        assertThat(lookup(token)).isEqualTo(new Decided<>(new Found(session), Source.LOCAL));
        now.incrementAndGet();
        assertUnavailable(lookup(token));
    }

    @Test
    void theMinuteStartsWithTheRequestToRedis() {
        var token = begin(ADA);
        lookup(token);
        now.addAndGet(50 * SECOND);
        lookup(token);
        redis.kill();
        now.addAndGet(50 * SECOND);
        assertDegraded(lookup(token));
        now.addAndGet(-51 * SECOND);
        assertUnavailable(lookup(token));
    }

    @Test
    void aCachedSessionEndsWithItsDeadlines() {
        var idle = begin(ADA, 20, 1000);
        var brief = begin(ADA, 1000, 20);
        lookup(idle);
        lookup(brief);
        redis.kill();
        now.addAndGet(20 * SECOND - 1);
        assertDegraded(lookup(idle));
        assertDegraded(lookup(brief));
        now.incrementAndGet();
        assertUnavailable(lookup(idle));
        assertUnavailable(lookup(brief));
    }

    @Test
    void aCachedLevelEndsWithItsOwnEnd() {
        var token = begin(ADA);
        var elevated =
                ((Rotated) decided(sessions.elevate("tenant", token, STRONG, Grace.DEFAULT, patience()))).token();
        lookup(elevated);
        redis.kill();
        now.addAndGet(20 * SECOND - 1);
        assertThat(found(lookup(elevated)).elevation().level()).isEqualTo("strong");
        now.incrementAndGet();

        assertDegraded(lookup(elevated));
        assertThat(found(lookup(elevated)).elevation()).isNull();
    }

    /** The token that was cached last is not the elevated one. */
    @Test
    void theCacheGivesTheLevelToNoOtherToken() {
        var token = begin(ADA);
        var elevated =
                ((Rotated) decided(elsewhere.elevate("tenant", token, STRONG, Grace.DEFAULT, patience()))).token();
        lookup(elevated);
        lookup(token);
        redis.kill();

        assertThat(found(lookup(token)).elevation()).isNull();
        assertUnavailable(lookup(elevated));
    }

    @Test
    void withoutRedisNoTokenIsRejected() {
        var seenToken = begin(ADA);
        lookup(seenToken);
        var uncached = begin(ADA);
        redis.kill();

        assertUnavailable(lookup(uncached));
        assertUnavailable(lookup(SessionToken.random(ADA)));
        assertUnavailable(
                lookup(new SessionToken(seenToken.id(), SessionToken.random(ADA).secret())));
        assertUnavailable(now(sessions.lookup("another", seenToken, Touch.TOUCH, patience())));
        assertDegraded(lookup(seenToken));
    }

    @Test
    void withoutRedisEverythingElseIsUnavailable() {
        var token = begin(ADA);
        redis.kill();

        assertUnavailable(now(sessions.create("tenant", request(ADA, 1), patience())));
        assertUnavailable(now(sessions.patch("tenant", token.id(), PATCH, OptionalLong.empty(), patience())));
        assertUnavailable(now(sessions.rotate("tenant", token, Grace.DEFAULT, patience())));
        assertUnavailable(now(sessions.elevate("tenant", token, STRONG, Grace.DEFAULT, patience())));
        assertUnavailable(now(sessions.create("tenant", request(ADA, 1), token, patience())));
        assertUnavailable(now(sessions.revoke("tenant", token.id(), patience())));
        assertUnavailable(now(sessions.revokeAll("tenant", ADA, Optional.empty(), patience())));
        assertUnavailable(now(sessions.list("tenant", ADA, patience())));
    }

    @Test
    void aRevokedRotatedPatchedOrTakenOverSessionLeavesMemory() {
        assertForgotten(token -> sessions.revoke("tenant", token.id(), patience()));
        assertForgotten(token -> sessions.revokeAll("tenant", ADA, Optional.empty(), patience()));
        assertForgotten(token -> sessions.rotate("tenant", token, Grace.DEFAULT, patience()));
        assertForgotten(token -> sessions.elevate("tenant", token, STRONG, Grace.DEFAULT, patience()));
        assertForgotten(token -> sessions.patch("tenant", token.id(), PATCH, OptionalLong.empty(), patience()));
        assertForgotten(token -> sessions.create("tenant", request(GRACE, 100), token, patience()));
    }

    /** Applies whether Redis replied or not. */
    private void assertForgotten(Function<SessionToken, CompletionStage<? extends Decision<?>>> doing) {
        var cached = begin(ADA);
        lookup(cached);
        now(doing.apply(cached));
        var unheard = begin(ADA);
        var other = begin(GRACE);
        lookup(unheard);
        lookup(other);
        wire.refuse();
        wire.cutConnections();
        assertDegraded(lookup(unheard));

        now(doing.apply(unheard));

        assertUnavailable(lookup(cached));
        assertUnavailable(lookup(unheard));
        assertDegraded(lookup(other));
        wire.pass();
        await().until(() -> isFromRedis(lookup(other)));
    }

    @Test
    void evictedSessionsLeaveMemory() {
        var oldest = begin(ADA);
        var other = begin(GRACE);
        lookup(oldest);
        lookup(other);
        assertThat(((Created) decided(sessions.create("tenant", request(ADA, 1), patience()))).evicted())
                .isEqualTo(1);
        redis.kill();

        assertUnavailable(lookup(oldest));
        assertDegraded(lookup(other));
    }

    @Test
    void aSessionWhoseTokenIsReusedLeavesMemory() {
        var old = begin(ADA);
        var current = ((Rotated) decided(elsewhere.rotate("tenant", old, new Grace(0), patience()))).token();
        lookup(current);

        assertThat(lookup(old)).isEqualTo(new Decided<>(new Lookup.Reused(), Source.REDIS));

        redis.kill();
        assertUnavailable(lookup(current));
    }

    @Test
    void aSessionThatRedisRejectsLeavesMemory() {
        var token = begin(ADA);
        lookup(token);
        var other = begin(ADA);
        lookup(other);
        revoke(elsewhere, token);
        lookup(token);
        assertThat(lookup(new SessionToken(other.id(), token.secret())))
                .isEqualTo(new Decided<>(new Lookup.Invalid(), Source.REDIS));
        redis.kill();

        assertUnavailable(lookup(token));
        assertDegraded(lookup(other));
    }

    @Test
    void aSessionRevokedElsewhereStaysInMemoryForAMinute() {
        var token = begin(ADA);
        lookup(token);
        revoke(elsewhere, token);
        redis.kill();

        assertDegraded(lookup(token));
        now.addAndGet(60 * SECOND);
        assertUnavailable(lookup(token));
    }

    @Test
    void aReplyInFlightDuringARevocationIsNotCached() {
        var token = begin(ADA);
        lookup(token);
        wire.delay(Duration.ofMillis(150));
        var looking = sessions.lookup("tenant", token, Touch.TOUCH, patience());
        var revoking = sessions.revoke("tenant", token.id(), patience());
        assertThat(now(looking)).isInstanceOfSatisfying(Decided.class, found -> assertThat(found.value())
                .isInstanceOf(Found.class));
        now(revoking);
        redis.kill();
        assertUnavailable(lookup(token));
    }

    @Test
    void aReplyAfterARevocationWithoutReplyIsNotCached() {
        var token = begin(ADA);
        lookup(token);
        wire.delay(Duration.ofMillis(300));
        var looking = sessions.lookup("tenant", token, Touch.TOUCH, patience());
        assertUnavailable(now(sessions.revoke("tenant", token.id(), Deadline.in(Duration.ofMillis(1)))));
        assertThat(now(looking)).isInstanceOfSatisfying(Decided.class, found -> assertThat(found.value())
                .isInstanceOf(Found.class));
        redis.kill();
        assertUnavailable(lookup(token));
    }

    @Test
    void aSessionLeavesMemoryBeforeItsRevocationIsSent() {
        var token = begin(ADA);
        lookup(token);
        redis.freeze();
        var revoking = sessions.revoke("tenant", token.id(), patience());
        assertUnavailable(now(sessions.lookup("tenant", token, Touch.LOOK, Deadline.in(Duration.ofMillis(100)))));
        redis.thaw();
        now(revoking);
    }

    @Test
    void aLookupThatRedisRunsBeforeARevocationIsNotCached() {
        var token = begin(ADA);
        var gate = new CompletableFuture<Void>();
        var guarded = new GuardedSessions(revokingAfter(gate), cache);
        var revoking = guarded.revoke("tenant", token.id(), patience());
        assertThat(decided(guarded.lookup("tenant", token, Touch.TOUCH, patience())))
                .isInstanceOf(Found.class);
        gate.complete(null);
        now(revoking);
        redis.kill();

        assertUnavailable(lookup(token));
    }

    /** Simulates a revocation whose first attempt did not reach Redis. */
    private SessionStore revokingAfter(CompletableFuture<Void> gate) {
        return (SessionStore) Proxy.newProxyInstance(
                SessionStore.class.getClassLoader(),
                new Class<?>[] {SessionStore.class},
                (_, method, args) -> method.getName().equals("revoke")
                        ? gate.thenCompose(_ -> elsewhere.revoke((String) args[0], (SessionId) args[1], patience()))
                        : method.invoke(elsewhere, args));
    }

    @Test
    void racingLookupsNeverReturnARevokedSessionFromMemory() throws Exception {
        var tokens = IntStream.range(0, 90).mapToObj(_ -> begin(ADA)).toList();
        var left = new AtomicInteger(3);
        Threads.together(6, thread -> {
            if (thread < 3) {
                for (int n = thread; n < tokens.size(); n += 3) {
                    var token = tokens.get(n);
                    if (n % 2 == 0) {
                        now(sessions.revoke("tenant", token.id(), patience()));
                    } else {
                        now(sessions.rotate("tenant", token, new Grace(0), patience()));
                    }
                }
                left.decrementAndGet();
            }
            while (left.get() > 0) {
                tokens.forEach(this::lookup);
            }
        });
        redis.kill();

        tokens.forEach(token -> assertUnavailable(lookup(token)));
    }

    @Test
    void memoryHasTheLastSeenToken() {
        var token = begin(ADA);
        var successor = ((Rotated) decided(elsewhere.rotate("tenant", token, Grace.DEFAULT, patience()))).token();
        lookup(token);
        lookup(successor);
        redis.kill();

        assertDegraded(lookup(successor));
        assertUnavailable(lookup(token));
    }

    @Test
    void memoryIsBounded() {
        var large = new Attributes(Map.of("n", new Attributes.Attribute.Value("x".repeat(3_000))));
        var tokens = IntStream.range(0, 40)
                .mapToObj(_ -> {
                    var request = SessionRequest.of(ADA, large, Device.UNKNOWN, 1000, 1000, 100, OnLimit.EVICT_OLDEST);
                    decided(sessions.create("tenant", request, patience()));
                    lookup(request.token());
                    return request.token();
                })
                .toList();
        redis.kill();

        var readable = tokens.stream()
                .filter(token -> lookup(token) instanceof Decided)
                .toList();
        assertThat(readable).as("100,000 bytes hold some of forty sessions").hasSizeBetween(5, 20);
    }

    @Test
    void aCacheOfNoBytesReturnsNothing() {
        var closed = new GuardedSessions(new RedisSessions(link), new SessionCache(0, now::get));
        var token = begin(ADA);
        assertThat(decided(closed.lookup("tenant", token, Touch.TOUCH, patience())))
                .isInstanceOf(Found.class);
        redis.kill();

        assertUnavailable(now(closed.lookup("tenant", token, Touch.TOUCH, patience())));
    }

    @Test
    void memoryIsDroppedWhenRedisIsBack() {
        new Outage(link).onRecovery(cache::clear);
        var token = begin(ADA);
        var other = begin(ADA);
        lookup(token);
        lookup(other);
        wire.refuse();
        wire.cutConnections();
        assertDegraded(lookup(token));
        wire.pass();
        await().until(() -> isFromRedis(lookup(token)));
        redis.kill();

        await().untilAsserted(() -> assertUnavailable(lookup(other)));
    }

    @Test
    void aSilentRedisLeadsToADecisionByTheDeadline() {
        var token = begin(ADA);
        lookup(token);
        redis.freeze();
        Supplier<Deadline> briefly = () -> Deadline.in(Duration.ofMillis(200));

        for (var answering : List.<Supplier<CompletionStage<? extends Decision<?>>>>of(
                () -> sessions.lookup("tenant", token, Touch.TOUCH, briefly.get()),
                () -> sessions.create("tenant", request(ADA, 1), briefly.get()),
                () -> sessions.list("tenant", ADA, briefly.get()),
                () -> sessions.patch("tenant", token.id(), PATCH, OptionalLong.empty(), briefly.get()),
                () -> sessions.rotate("tenant", token, Grace.DEFAULT, briefly.get()),
                () -> sessions.elevate("tenant", token, STRONG, Grace.DEFAULT, briefly.get()),
                () -> sessions.revokeAll("tenant", ADA, Optional.empty(), briefly.get()),
                () -> sessions.revoke("tenant", token.id(), briefly.get()))) {
            long start = System.nanoTime();
            now(answering.get());
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        }
        redis.thaw();
    }

    private SessionToken begin(UserId user) {
        return begin(user, 1800, 86_400);
    }

    private SessionToken begin(UserId user, long idleSeconds, long absoluteSeconds) {
        var request = SessionRequest.of(
                user, Attributes.NONE, Device.UNKNOWN, idleSeconds, absoluteSeconds, 100, OnLimit.EVICT_OLDEST);
        decided(elsewhere.create("tenant", request, patience()));
        return request.token();
    }

    private static SessionRequest request(UserId user, int maxSessions) {
        return SessionRequest.of(
                user, Attributes.NONE, Device.UNKNOWN, 1800, 86_400, maxSessions, OnLimit.EVICT_OLDEST);
    }

    private void revoke(SessionStore by, SessionToken token) {
        assertThat(decided(by.revoke("tenant", token.id(), patience()))).isEqualTo(1);
    }

    private Decision<Lookup> lookup(SessionToken token) {
        return now(sessions.lookup("tenant", token, Touch.TOUCH, patience()));
    }

    private static Session found(Decision<Lookup> decision) {
        return ((Found) ((Decided<Lookup>) decision).value()).session();
    }

    private static boolean isFromRedis(Decision<?> decision) {
        return decision instanceof Decided<?> decided && decided.source() == Source.REDIS;
    }

    private static void assertDegraded(Decision<Lookup> decision) {
        assertThat(decision).isInstanceOfSatisfying(Decided.class, decided -> {
            assertThat(decided.value()).isInstanceOf(Found.class);
            assertThat(decided.degraded()).isTrue();
        });
    }

    private static void assertUnavailable(Decision<?> decision) {
        assertThat(decision).isInstanceOf(Unavailable.class);
    }

    private static <T> T decided(CompletionStage<Decision<T>> stage) {
        return ((Decided<T>) now(stage)).value();
    }

    private static <T> T now(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(20));
    }
}
