// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.redis.RedisOnClock;
import dev.gatehouse.session.AnySessionTrace.Act;
import dev.gatehouse.session.AnySessionTrace.Key;
import dev.gatehouse.session.AnySessionTrace.Step;
import dev.gatehouse.session.AnySessionTrace.Version;
import dev.gatehouse.testkit.DeepTries;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongUnaryOperator;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;

/** Random operations and clock steps have the outcomes of {@link ExactSessions}. */
class AnySessionTraceTest {

    private static final AtomicLong NOW = new AtomicLong();
    private static final RedisOnClock REDIS = RedisOnClock.server(NOW::get);
    private static final RedisOnClock CLUSTER = RedisOnClock.cluster(NOW::get);
    private static final long START = 1_790_000_000_000_000L;

    /** Redis expires keys by its own clock, while the one of the test jumps: no earlier than this after the test. */
    private static final Duration LONG = Duration.ofSeconds(60);

    @AfterContainer
    static void stop() {
        REDIS.close();
        CLUSTER.close();
    }

    @Property(tries = 300)
    @DeepTries(5_000)
    void inMemory(@ForAll TokenReuse onReuse, @ForAll("steps") List<Step> steps) {
        var sessions = new LocalSessions(onReuse, 1000, LocalSessions.DEFAULT_MAX_BYTES, NOW::get);
        play(sessions, onReuse, steps, Duration.ZERO);
    }

    @Property(tries = 120)
    @DeepTries(2_000)
    void onRedis(@ForAll TokenReuse onReuse, @ForAll("steps") List<Step> steps) {
        play(new RedisSessions(REDIS.link(), onReuse), onReuse, steps, LONG);
    }

    @Property(tries = 40)
    @DeepTries(500)
    void onACluster(@ForAll TokenReuse onReuse, @ForAll("steps") List<Step> steps) {
        play(new RedisSessions(CLUSTER.link(), onReuse), onReuse, steps, LONG);
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        return AnySessionTrace.steps();
    }

    /**
     * Runs one trace at a time, since they share a clock: jqwik may continue in the background after shrinking.
     *
     * @param life waits for the expiry of keys with a shorter life
     */
    private static synchronized void play(SessionStore sessions, TokenReuse onReuse, List<Step> steps, Duration life) {
        NOW.set(START);
        var played = new Played(sessions, onReuse, life);
        for (var step : steps) {
            played.play(step);
        }
        played.compareInTheEnd();
    }

    /** A created session, live or not, with its tokens; the last is the current one. */
    private record Begun(SessionRequest request, List<SessionToken> tokens) {

        SessionId id() {
            return request.token().id();
        }

        /** Returns the token of that age; the current one has age 0. Empty if there is none. */
        Optional<SessionToken> token(int age) {
            return age < tokens.size() ? Optional.of(tokens.get(tokens.size() - 1 - age)) : Optional.empty();
        }
    }

    private static final class Played {

        private final ExactSessions exact;
        private final List<Begun> begun = new ArrayList<>();
        private final Caller caller;
        private final Caller stranger;
        private final long life;
        private long waitedOffUntil;

        Played(SessionStore sessions, TokenReuse onReuse, Duration life) {
            exact = new ExactSessions(onReuse);
            caller = new Caller(sessions, UUID.randomUUID().toString());
            stranger = new Caller(sessions, UUID.randomUUID().toString());
            this.life = life.toNanos() / 1000;
        }

        void play(Step step) {
            var which = begun.isEmpty()
                    ? Optional.<Begun>empty()
                    : Optional.of(begun.get(begun.size() - 1 - step.which() % begun.size()));
            NOW.set(Math.max(moved(step, which), waitedOffUntil));
            switch (step.act()) {
                case Act.Create create -> create(create.request());
                case Act.RevokeAll(var user, var sparing) -> {
                    var userId = AnySessionTrace.userId(user);
                    var except = which.filter(_ -> sparing).map(Begun::id);
                    assertThat(caller.revokeAll(userId, except)).isEqualTo(exact.revokeAll(now(), userId, except));
                }
                case Act.ListAll(var user) -> compareList(AnySessionTrace.userId(user));
                case Act.CreateAgain _, Act.Look _, Act.Patch _, Act.Rotate _, Act.Revoke _ ->
                    which.ifPresent(session -> run(session, step.act()));
            }
            for (var user : AnySessionTrace.users()) {
                long end = exact.lastEndOf(user);
                waitedOffUntil = end - now() < life ? Math.max(end, waitedOffUntil) : waitedOffUntil;
            }
        }

        private void run(Begun session, Act act) {
            switch (act) {
                case Act.CreateAgain _ -> {
                    boolean lives = exact.endOf(session.id()).stream().anyMatch(end -> end > now());
                    if (lives && session.tokens.size() == 1) {
                        assertThat(caller.create(session.request)).isEqualTo(exact.create(now(), session.request));
                    }
                }
                case Act.Look(var key, var touch) -> {
                    var token = token(session, key);
                    assertThat(callerFor(key).lookup(token, touch))
                            .isEqualTo(
                                    key == Key.IN_ANOTHER_TENANT
                                            ? new Lookup.Invalid()
                                            : exact.lookup(now(), token, touch));
                }
                case Act.Patch(var patch, var version) -> {
                    var at = version(session, version);
                    assertThat(caller.patch(session.id(), patch, at))
                            .isEqualTo(exact.patch(now(), session.id(), patch, at));
                }
                case Act.Rotate(var key, var grace, var grant) -> rotate(session, key, grace, grant);
                case Act.Revoke(var elsewhere) ->
                    assertThat((elsewhere ? stranger : caller).revoke(session.id()))
                            .isEqualTo(elsewhere ? 0 : exact.revoke(now(), session.id()));
                case Act.Create _, Act.RevokeAll _, Act.ListAll _ -> throw new IllegalStateException();
            }
        }

        private void create(SessionRequest request) {
            var creation = caller.create(request);
            assertThat(creation).isEqualTo(exact.create(now(), request));
            if (creation instanceof Creation.Created) {
                begun.add(new Begun(request, new ArrayList<>(List.of(request.token()))));
            }
        }

        private void rotate(Begun session, Key key, Grace grace, Rotation.Grant grant) {
            var token = token(session, key);
            var by = callerFor(key);
            var rotation = grant == null ? by.rotate(token, grace) : by.elevate(token, grant, grace);
            if (key == Key.IN_ANOTHER_TENANT) {
                assertThat(rotation).isEqualTo(new Rotation.Invalid());
                return;
            }
            var returned = rotation instanceof Rotation.Rotated(var _, var successor) ? successor : token;
            assertThat(rotation).isEqualTo(exact.rotate(now(), token, grace, grant, returned));
            if (rotation instanceof Rotation.Rotated
                    && !session.tokens.getLast().equals(returned)) {
                assertThat(session.tokens).doesNotContain(returned);
                assertThat(returned.id()).isEqualTo(session.id());
                session.tokens.add(returned);
            }
        }

        private Caller callerFor(Key key) {
            return key == Key.IN_ANOTHER_TENANT ? stranger : caller;
        }

        private SessionToken token(Begun session, Key key) {
            var current = session.tokens.getLast();
            return switch (key) {
                case CURRENT, IN_ANOTHER_TENANT -> current;
                case PREVIOUS -> session.token(1).orElse(current);
                case OLDER -> session.token(2).orElse(current);
                case OLDEST -> session.tokens.getFirst();
                case OTHER_SECRET ->
                    new SessionToken(
                            session.id(),
                            SessionToken.random(session.request.userId()).secret());
                case SECRET_OF_ANOTHER_SESSION ->
                    new SessionToken(
                            session.id(), begun.getFirst().tokens.getLast().secret());
                case ID_OF_ANOTHER_USER ->
                    new SessionToken(
                            new SessionId(
                                    other(session.request.userId()).tag(),
                                    session.id().random()),
                            current.secret());
                case UNKNOWN_ID -> new SessionToken(SessionId.random(session.request.userId()), current.secret());
            };
        }

        private static UserId other(UserId user) {
            return AnySessionTrace.users().stream()
                    .filter(one -> !one.equals(user))
                    .findFirst()
                    .orElseThrow();
        }

        private OptionalLong version(Begun session, Version version) {
            long current = exact.versionOf(session.id()).orElse(1);
            return switch (version) {
                case ANY -> OptionalLong.empty();
                case RIGHT -> OptionalLong.of(current);
                case ONE_BEFORE -> OptionalLong.of(current - 1);
                case ONE_AFTER -> OptionalLong.of(current + 1);
            };
        }

        void compareInTheEnd() {
            NOW.set(Math.max(now(), waitedOffUntil));
            begun.forEach(session -> session.tokens.forEach(token ->
                    assertThat(caller.lookup(token, Touch.LOOK)).isEqualTo(exact.lookup(now(), token, Touch.LOOK))));
            AnySessionTrace.users().forEach(this::compareList);
        }

        private void compareList(UserId user) {
            assertThat(caller.list(user)).isEqualTo(exact.list(now(), user));
            assertThat(stranger.list(user)).isEmpty();
        }

        private long moved(Step step, Optional<Begun> which) {
            long now = now();
            long idle = which.map(session -> session.request.idleSeconds()).orElse(60L) * 1_000_000;
            var id = which.map(Begun::id);
            var touch = id.map(exact::touchedAgainFrom).orElseGet(OptionalLong::empty);
            var end = id.map(exact::endOf).orElseGet(OptionalLong::empty);
            var grace = id.map(exact::graceEndOf).orElseGet(OptionalLong::empty);
            var level = id.map(exact::levelEndOf).orElseGet(OptionalLong::empty);
            return switch (step.clock()) {
                case STANDS -> now;
                case TICKS -> now + 1;
                case PASSES_PART_OF_IDLE -> now + (long) (step.part() * idle);
                case REACHES_NEXT_TOUCH -> to(touch, time -> time);
                case ALMOST_REACHES_NEXT_TOUCH -> to(touch, time -> time - 1);
                case REACHES_END -> to(end, time -> time);
                case ALMOST_REACHES_END -> to(end, time -> time - 1);
                case REACHES_GRACE_END -> to(grace, time -> time);
                case REACHES_LEVEL_END -> to(level, time -> time);
                case ALMOST_REACHES_LEVEL_END -> to(level, time -> time - 1);
                case ALMOST_REACHES_GRACE_END -> to(grace, time -> time - 1);
                case GOES_BACK -> Math.max(now - (long) (step.part() * idle), earliest());
            };
        }

        /** A clock that steps back revives no session, and does not go back before the trace. */
        private long earliest() {
            return Math.max(START, exact.latestEnd(now()));
        }

        private static long to(OptionalLong time, LongUnaryOperator there) {
            return Math.max(now(), there.applyAsLong(time.orElse(now())));
        }
    }

    private static long now() {
        return NOW.get();
    }
}
