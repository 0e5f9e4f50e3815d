// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.session.Attributes.Attribute.Value;
import dev.gatehouse.session.Creation.Created;
import dev.gatehouse.session.Lookup.Found;
import dev.gatehouse.session.Patching.Patched;
import dev.gatehouse.session.Patching.VersionDiffers;
import dev.gatehouse.session.Rotation.Rotated;
import dev.gatehouse.session.SessionRequest.OnLimit;
import dev.gatehouse.testkit.ConcurrentTests;
import dev.gatehouse.testkit.Threads;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.proxy.WireFault;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Sessions under network faults: a repeated operation takes effect, and an ended session stays ended. */
@ConcurrentTests
class SessionFaultsTest {

    private static final Duration BUDGET = Duration.ofMillis(500);
    private static final Grace LONG = new Grace(600);
    private static final UserId USER = new UserId("ada");
    private static final Attributes PATCH = new Attributes(Map.of("theme", new Value("\"dark\"")));

    private static final UserId OTHER = new UserId("grace");

    private static final WireFault[] LOSING_A_REPLY = {
        WireFault.REPLY_LOST_WITH_THE_CONNECTION, WireFault.REPLY_TRUNCATED, WireFault.CUT, WireFault.HALF_CLOSED
    };

    private static RedisProcess redis;
    private static RedisLink undisturbed;

    /** A link to Redis through a proxy with faults, its sessions, and an observer with a link of its own. */
    private record Storm(WireFault fault, FaultProxy wire, RedisLink link, String tenant) implements AutoCloseable {

        /** Opens the link and loads the scripts, so that the next fault hits a working connection. */
        static Storm brewing(WireFault fault) {
            var wire = FaultProxy.inFrontOf(redis);
            var link = RedisLink.to(RedisSettings.of(wire.host(), wire.port()));
            var storm = new Storm(fault, wire, link, "tenant-" + UUID.randomUUID());
            for (var one : List.of(storm.sessions(), storm.onlooker().sessions())) {
                var warm = request(10);
                untilDecided(() -> one.create("warm", warm, patience()));
                untilDecided(() -> one.lookup("warm", warm.token(), Touch.TOUCH, patience()));
                untilDecided(() -> one.patch("warm", warm.token().id(), PATCH, OptionalLong.empty(), patience()));
                untilDecided(() -> one.rotate("warm", warm.token(), LONG, patience()));
                untilDecided(() -> one.list("warm", USER, patience()));
                untilDecided(() -> one.revoke("warm", warm.token().id(), patience()));
                untilDecided(() -> one.revokeAll("warm", OTHER, Optional.empty(), patience()));
            }
            return storm;
        }

        SessionStore sessions() {
            return new RedisSessions(link);
        }

        Caller onlooker() {
            return new Caller(new RedisSessions(undisturbed), tenant);
        }

        void strikes() {
            fault.strike(wire);
        }

        void passes() {
            wire.pass();
        }

        SessionToken begun() {
            var request = request(SessionRequest.MOST_SESSIONS);
            assertThat(onlooker().create(request)).isInstanceOf(Created.class);
            return request.token();
        }

        <T> T through(Supplier<CompletionStage<Decision<T>>> call) {
            strikes();
            inTime(call);
            passes();
            return untilDecided(call);
        }

        @Override
        public void close() {
            link.close();
            wire.close();
        }
    }

    private interface HealthCheck {
        void under(Storm storm);
    }

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        undisturbed = RedisLink.to(RedisSettings.fromEnvironment(Map.of(
                "REDIS_URL", redis.url(), "REDIS_CONNECTION_TIMEOUT", "10000", "REDIS_COMMAND_TIMEOUT", "10000")));
    }

    @AfterAll
    static void stop() {
        undisturbed.close();
        redis.close();
    }

    private static void underEach(WireFault[] faults, HealthCheck trial) throws Exception {
        Threads.each(faults, fault -> {
            try (var storm = Storm.brewing(fault)) {
                trial.under(storm);
            }
        });
    }

    @Test
    void underAnyFaultRepeatingTheCreationMakesOneSession() throws Exception {
        underEach(WireFault.values(), storm -> {
            var sessions = storm.sessions();
            var onlooker = storm.onlooker();
            var oldest = storm.begun();
            var older = storm.begun();
            var request = request(2);
            storm.strikes();

            var first = inTime(() -> sessions.create(storm.tenant(), request, soon()));
            if (first instanceof Decided<Creation>(var creation, var _)) {
                assertThat(creation).isInstanceOf(Created.class);
            }
            storm.passes();

            assertThat(untilDecided(() -> sessions.create(storm.tenant(), request, soon())))
                    .isInstanceOf(Created.class);
            assertThat(onlooker.list(USER))
                    .extracting(Session::id)
                    .containsExactly(request.token().id(), older.id());
            assertThat(onlooker.opens(request.token())).isTrue();
            assertThat(onlooker.opens(oldest)).isFalse();
        });
    }

    @Test
    void underAnyFaultALookupNeverRejectsALiveSession() throws Exception {
        underEach(WireFault.values(), storm -> {
            var sessions = storm.sessions();
            var onlooker = storm.onlooker();
            var token = storm.begun();
            storm.strikes();

            for (var touch : Touch.values()) {
                var first = inTime(() -> sessions.lookup(storm.tenant(), token, touch, soon()));
                if (first instanceof Decided<Lookup>(var lookup, var _)) {
                    assertThat(lookup).isInstanceOf(Found.class);
                }
            }
            var list = inTime(() -> sessions.list(storm.tenant(), USER, soon()));
            if (list instanceof Decided<List<Session>>(var listed, var _)) {
                assertThat(listed).hasSize(1);
            }
            storm.passes();

            assertThat(untilDecided(() -> sessions.lookup(storm.tenant(), token, Touch.TOUCH, soon())))
                    .isInstanceOf(Found.class);
        });
    }

    @Test
    void underAnyFaultRepeatingTheRotationReturnsTheOneSuccessor() throws Exception {
        underEach(WireFault.values(), storm -> {
            var sessions = storm.sessions();
            var onlooker = storm.onlooker();
            var token = storm.begun();
            var before = onlooker.list(USER).getFirst();
            storm.strikes();

            var first = inTime(() -> sessions.rotate(storm.tenant(), token, LONG, soon()));
            storm.passes();
            var successor = rotated(untilDecided(() -> sessions.rotate(storm.tenant(), token, LONG, soon())));

            if (first instanceof Decided<Rotation>(var rotation, var _)) {
                assertThat(rotated(rotation)).isEqualTo(successor);
            }
            assertThat(successor).isNotEqualTo(token);
            assertThat(onlooker.opens(token)).isTrue();
            assertThat(onlooker.lookup(successor, Touch.LOOK)).isEqualTo(new Found(before));
            assertThat(rotated(onlooker.rotate(token, LONG))).isEqualTo(successor);
            assertThat(onlooker.list(USER)).containsExactly(before);
        });
    }

    @Test
    void underAnyFaultRepeatingTheElevationReturnsTheOneSuccessor() throws Exception {
        underEach(WireFault.values(), storm -> {
            var sessions = storm.sessions();
            var onlooker = storm.onlooker();
            var token = storm.begun();
            var grant = new Rotation.Grant("strong", 3600);
            storm.strikes();

            var first = inTime(() -> sessions.elevate(storm.tenant(), token, grant, LONG, soon()));
            storm.passes();
            var successor = rotated(untilDecided(() -> sessions.elevate(storm.tenant(), token, grant, LONG, soon())));

            if (first instanceof Decided<Rotation>(var rotation, var _)) {
                assertThat(rotated(rotation)).isEqualTo(successor);
            }
            assertThat(onlooker.rotate(token, LONG)).isEqualTo(new Rotation.Invalid());
            assertThat(onlooker.list(USER).getFirst().elevation().level()).isEqualTo("strong");
        });
    }

    /** Without grace, a lost reply may lose the session. No other session ends, and no returned token is invalid. */
    @Test
    void underAnyFaultARotationWithoutGraceReturnsAValidToken() throws Exception {
        underEach(WireFault.values(), storm -> {
            var sessions = storm.sessions();
            var onlooker = storm.onlooker();
            var token = storm.begun();
            storm.strikes();

            var first = inTime(() -> sessions.rotate(storm.tenant(), token, new Grace(0), soon()));
            storm.passes();

            if (first instanceof Decided<Rotation>(var rotation, var _)
                    && rotation instanceof Rotated(var _, var successor)) {
                assertThat(onlooker.opens(successor)).isTrue();
                assertThat(onlooker.opens(token)).isFalse();
            }
            assertThat(onlooker.list(USER)).hasSize(1);
        });
    }

    @Test
    void underAnyFaultAPatchWithAVersionTakesEffectOnce() throws Exception {
        underEach(WireFault.values(), storm -> {
            var sessions = storm.sessions();
            var onlooker = storm.onlooker();
            var token = storm.begun();
            storm.strikes();

            var first = inTime(() -> sessions.patch(storm.tenant(), token.id(), PATCH, OptionalLong.of(1), soon()));
            if (first instanceof Decided<Patching>(var patching, var _)) {
                assertThat(patching).as("nobody else has changed it").isInstanceOf(Patched.class);
            }
            storm.passes();
            var again =
                    untilDecided(() -> sessions.patch(storm.tenant(), token.id(), PATCH, OptionalLong.of(1), soon()));

            if (!(again instanceof Patched)) {
                assertThat(again).isEqualTo(new VersionDiffers(2));
            }
            assertThat(onlooker.list(USER)).singleElement().satisfies(session -> {
                assertThat(session.attributes()).isEqualTo(PATCH);
                assertThat(session.version()).isEqualTo(2);
            });
        });
    }

    /** A patch without a version is not retried after a lost reply. */
    @Test
    void underAnyFaultAPatchWithoutAVersionTakesEffectAtMostOnce() throws Exception {
        underEach(WireFault.values(), storm -> {
            var sessions = storm.sessions();
            var onlooker = storm.onlooker();
            var token = storm.begun();
            storm.strikes();

            var first = inTime(() -> sessions.patch(storm.tenant(), token.id(), PATCH, OptionalLong.empty(), soon()));
            storm.passes();
            // Held requests arrive now, before later ones on the same connection.
            untilDecided(() -> sessions.lookup(storm.tenant(), token, Touch.LOOK, soon()));

            boolean made = first instanceof Decided<Patching>;
            assertThat(onlooker.list(USER)).singleElement().satisfies(session -> assertThat(session.version())
                    .isBetween(made ? 2L : 1L, 2L));
        });
    }

    @Test
    void underAnyFaultNoTokenIsValidOnceTheRevocationIsReported() throws Exception {
        underEach(WireFault.values(), storm -> {
            var sessions = storm.sessions();
            var onlooker = storm.onlooker();
            var token = storm.begun();
            var other = storm.begun();
            var successor = rotated(onlooker.rotate(token, LONG));
            storm.strikes();

            var first = inTime(() -> sessions.revoke(storm.tenant(), token.id(), soon()));
            if (first instanceof Decided<Integer>) {
                assertThat(onlooker.opens(token)).isFalse();
                assertThat(onlooker.opens(successor)).isFalse();
            }
            storm.passes();

            assertThat(untilDecided(() -> sessions.revoke(storm.tenant(), token.id(), soon())))
                    .isBetween(0, 1);
            assertThat(onlooker.opens(token)).isFalse();
            assertThat(onlooker.opens(successor)).isFalse();
            assertThat(onlooker.opens(other)).isTrue();
        });
    }

    @Test
    void underAnyFaultNoSessionIsValidOnceTheirRevocationIsReported() throws Exception {
        underEach(WireFault.values(), storm -> {
            var sessions = storm.sessions();
            var onlooker = storm.onlooker();
            var tokens = List.of(storm.begun(), storm.begun());
            var spared = storm.begun();
            storm.strikes();

            var first = inTime(() -> sessions.revokeAll(storm.tenant(), USER, Optional.of(spared.id()), soon()));
            if (first instanceof Decided<Integer>) {
                assertThat(tokens).noneMatch(onlooker::opens);
            }
            storm.passes();

            assertThat(untilDecided(() -> sessions.revokeAll(storm.tenant(), USER, Optional.of(spared.id()), soon())))
                    .isIn(0, 2);
            assertThat(tokens).noneMatch(onlooker::opens);
            assertThat(onlooker.opens(spared)).isTrue();
        });
    }

    /** Each step runs under the same fault and is retried until there is a decision. */
    @Test
    void aSessionUnderManyFaultsEndsForGood() throws Exception {
        underEach(WireFault.values(), storm -> {
            var sessions = storm.sessions();
            var onlooker = storm.onlooker();
            var request = request(10);
            var token = request.token();
            storm.through(() -> sessions.create(storm.tenant(), request, soon()));
            assertThat(storm.through(() -> sessions.lookup(storm.tenant(), token, Touch.TOUCH, soon())))
                    .isInstanceOf(Found.class);
            var successor = rotated(storm.through(() -> sessions.rotate(storm.tenant(), token, LONG, soon())));
            storm.through(() -> sessions.patch(storm.tenant(), token.id(), PATCH, OptionalLong.of(1), soon()));
            assertThat(onlooker.lookup(successor, Touch.LOOK)).isInstanceOfSatisfying(Found.class, found -> assertThat(
                            found.session().version())
                    .isEqualTo(2));

            storm.through(() -> sessions.revoke(storm.tenant(), token.id(), soon()));

            for (var each : List.of(token, successor)) {
                assertThat(onlooker.opens(each)).isFalse();
                assertThat(untilDecided(() -> sessions.rotate(storm.tenant(), each, LONG, soon())))
                        .isEqualTo(new Rotation.Invalid());
            }
            assertThat(onlooker.list(USER)).isEmpty();
        });
    }

    /** The sessions retry within the deadline; the caller need not. */
    @Test
    void anOperationIsRetriedAfterALostReply() throws Exception {
        underEach(LOSING_A_REPLY, storm -> {
            var sessions = storm.sessions();
            var onlooker = storm.onlooker();
            var request = request(10);
            var token = request.token();

            storm.strikes();
            assertThat(decided(sessions.create(storm.tenant(), request, patience())))
                    .isInstanceOf(Created.class);
            storm.strikes();
            assertThat(decided(sessions.lookup(storm.tenant(), token, Touch.TOUCH, patience())))
                    .isInstanceOf(Found.class);
            storm.strikes();
            assertThat(decided(sessions.list(storm.tenant(), USER, patience()))).hasSize(1);
            storm.strikes();
            var successor = rotated(decided(sessions.rotate(storm.tenant(), token, LONG, patience())));
            assertThat(onlooker.opens(successor)).isTrue();
            storm.strikes();
            decided(sessions.revoke(storm.tenant(), token.id(), patience()));
            storm.strikes();
            decided(sessions.revokeAll(storm.tenant(), USER, Optional.empty(), patience()));
            assertThat(onlooker.opens(successor)).isFalse();
        });
    }

    /** A request whose caller has given up may arrive after another process's revocation. */
    @Test
    void aLateReplyBringsNothingBack() {
        try (var storm = Storm.brewing(WireFault.BLACK_HOLE)) {
            var sessions = storm.sessions();
            var onlooker = storm.onlooker();
            for (int i = 0; i < 20; i++) {
                var token = storm.begun();
                storm.strikes();
                var late = List.of(
                        sessions.lookup(storm.tenant, token, Touch.TOUCH, patience()),
                        sessions.patch(storm.tenant, token.id(), PATCH, OptionalLong.empty(), patience()),
                        sessions.rotate(storm.tenant, token, LONG, patience()));

                assertThat(i % 2 == 0 ? onlooker.revoke(token.id()) : onlooker.revokeAll(USER, Optional.empty()))
                        .isEqualTo(1);
                storm.passes();

                late.forEach(stage -> stage.toCompletableFuture().join());
                assertThat(untilDecided(() -> sessions.lookup(storm.tenant, token, Touch.TOUCH, soon())))
                        .isEqualTo(new Lookup.Invalid());
                assertThat(onlooker.list(USER)).isEmpty();
            }
        }
    }

    @Test
    void aKilledRedisInvalidatesNoSessionButAnEmptyOneDoes() {
        try (var own = RedisProcess.start();
                var toOwn = RedisLink.to(RedisSettings.of(own.host(), own.port()))) {
            var onOwn = new RedisSessions(toOwn);
            var request = request(10);
            var token = request.token();
            untilDecided(() -> onOwn.create("tenant", request, patience()));
            own.kill();

            for (int i = 0; i < 10; i++) {
                assertThat(inTime(() -> onOwn.lookup("tenant", token, Touch.TOUCH, soon())))
                        .isInstanceOf(Unavailable.class);
                assertThat(inTime(() -> onOwn.rotate("tenant", token, LONG, soon())))
                        .isInstanceOf(Unavailable.class);
                assertThat(inTime(() -> onOwn.patch("tenant", token.id(), PATCH, OptionalLong.empty(), soon())))
                        .isInstanceOf(Unavailable.class);
                assertThat(inTime(() -> onOwn.revoke("tenant", token.id(), soon())))
                        .isInstanceOf(Unavailable.class);
                assertThat(inTime(() -> onOwn.revokeAll("tenant", USER, Optional.empty(), soon())))
                        .isInstanceOf(Unavailable.class);
                assertThat(inTime(() -> onOwn.list("tenant", USER, soon()))).isInstanceOf(Unavailable.class);
                assertThat(inTime(() -> onOwn.create("tenant", request(10), soon())))
                        .isInstanceOf(Unavailable.class);
            }
            own.restart();

            assertThat(untilDecided(() -> onOwn.lookup("tenant", token, Touch.TOUCH, soon())))
                    .isEqualTo(new Lookup.Invalid());
        }
    }

    private static SessionRequest request(int maxSessions) {
        return SessionRequest.of(
                USER, Attributes.NONE, Device.UNKNOWN, 1800, 86_400, maxSessions, OnLimit.EVICT_OLDEST);
    }

    private static SessionToken rotated(Rotation rotation) {
        assertThat(rotation).isInstanceOf(Rotated.class);
        return ((Rotated) rotation).token();
    }

    /** Allows for the deadline and for a busy machine. */
    private static <T> Decision<T> inTime(Supplier<CompletionStage<Decision<T>>> call) {
        long from = System.nanoTime();
        var decision = call.get().toCompletableFuture().join();
        assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(BUDGET.plusSeconds(5));
        return decision;
    }

    /** Retries until there is a decision, as a caller does. */
    private static <T> T untilDecided(Supplier<CompletionStage<Decision<T>>> call) {
        var decision = await().atMost(Duration.ofSeconds(30))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> call.get().toCompletableFuture().join(), given -> !(given instanceof Unavailable));
        return ((Decided<T>) decision).value();
    }

    private static <T> T decided(CompletionStage<Decision<T>> stage) {
        var decision = stage.toCompletableFuture().join();
        assertThat(decision).isInstanceOf(Decided.class);
        return ((Decided<T>) decision).value();
    }

    private static Deadline soon() {
        return Deadline.in(BUDGET);
    }

    private static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(20));
    }
}
