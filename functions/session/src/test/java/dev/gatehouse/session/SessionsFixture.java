// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.session.Attributes.Attribute.Members;
import dev.gatehouse.session.Attributes.Attribute.Value;
import dev.gatehouse.session.Creation.Created;
import dev.gatehouse.session.Lookup.Found;
import dev.gatehouse.session.Patching.Absent;
import dev.gatehouse.session.Patching.Patched;
import dev.gatehouse.session.Rotation.Rotated;
import dev.gatehouse.session.SessionRequest.OnLimit;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The sessions under test, with short calls. Only the tests move the clock. */
@ResourceLock("SessionsFixture") // Its classes share the clock.
abstract class SessionsFixture {

    static final long SECOND = 1_000_000;
    static final long HOUR = 3600;
    static final long DAY = 24 * HOUR;

    /** The time of all tests, in microseconds. */
    static final AtomicLong NOW = new AtomicLong(1_790_000_000 * SECOND);

    static final UserId ADA = new UserId("ada");
    static final UserId GRACE = new UserId("grace");
    static final Device PHONE = new Device("Ada's phone", "Größe/1.0 (🙂)", "2001:db8::1");

    /** Separates the sessions of each test. */
    final String tenant = "tenant-" + UUID.randomUUID();

    /** Returns sessions that share their store and react to the reuse of a token. */
    abstract SessionStore sessions(TokenReuse onReuse);

    final SessionStore sessions() {
        return sessions(TokenReuse.LOG);
    }

    abstract Decision.Source source();

    /** Asserts that no operation finds, changes or revives an ended session. */
    final void assertEnded(SessionToken token) {
        assertThat(lookup(token)).isEqualTo(new Lookup.Invalid());
        assertThat(look(token)).isEqualTo(new Lookup.Invalid());
        assertThat(rotate(token, HOUR)).isEqualTo(new Rotation.Invalid());
        assertThat(patch(token.id(), members("n", "1"))).isEqualTo(new Absent());
        assertThat(patch(token.id(), members("n", "1"), 1)).isEqualTo(new Absent());
        assertThat(lookup(token)).isEqualTo(new Lookup.Invalid());
        assertThat(revoke(token.id())).isEqualTo(0);
    }

    /** Creates the session of a request and returns the request. */
    final SessionRequest begin(UserId user) {
        return begin(user, 1800, DAY);
    }

    final SessionRequest begin(UserId user, long idleSeconds, long absoluteSeconds) {
        var request = SessionRequest.of(
                user,
                Attributes.NONE,
                Device.UNKNOWN,
                idleSeconds,
                absoluteSeconds,
                SessionRequest.MOST_SESSIONS,
                OnLimit.EVICT_OLDEST);
        created(create(request));
        return request;
    }

    final SessionRequest begin(UserId user, Attributes attributes) {
        var request = request(user, attributes, Device.UNKNOWN);
        created(create(request));
        return request;
    }

    static SessionRequest request(UserId user, Attributes attributes, Device device) {
        return SessionRequest.of(
                user, attributes, device, 1800, DAY, SessionRequest.MOST_SESSIONS, OnLimit.EVICT_OLDEST);
    }

    static SessionRequest request(UserId user, int maxSessions, OnLimit onLimit) {
        return SessionRequest.of(user, Attributes.NONE, Device.UNKNOWN, 1800, DAY, maxSessions, onLimit);
    }

    final Creation create(SessionRequest request) {
        return decided(sessions().create(tenant, request, patience()));
    }

    final Lookup lookup(SessionToken token) {
        return decided(sessions().lookup(tenant, token, Touch.TOUCH, patience()));
    }

    final Lookup look(SessionToken token) {
        return decided(sessions().lookup(tenant, token, Touch.LOOK, patience()));
    }

    final Patching patch(SessionId id, Attributes patch) {
        return decided(sessions().patch(tenant, id, patch, OptionalLong.empty(), patience()));
    }

    final Patching patch(SessionId id, Attributes patch, long version) {
        return decided(sessions().patch(tenant, id, patch, OptionalLong.of(version), patience()));
    }

    final Rotation rotate(SessionToken token, long graceSeconds) {
        return decided(sessions().rotate(tenant, token, new Grace(graceSeconds), patience()));
    }

    final int revoke(SessionId id) {
        return decided(sessions().revoke(tenant, id, patience()));
    }

    final int revokeAll(UserId user, SessionId except) {
        return decided(sessions().revokeAll(tenant, user, Optional.ofNullable(except), patience()));
    }

    final List<Session> list(UserId user) {
        return decided(sessions().list(tenant, user, patience()));
    }

    <T> T decided(CompletionStage<Decision<T>> stage) {
        var decision = stage.toCompletableFuture().join();
        assertThat(decision).isInstanceOf(Decided.class);
        var decided = (Decided<T>) decision;
        assertThat(decided.source()).isEqualTo(source());
        return decided.value();
    }

    final String tenant() {
        return tenant;
    }

    static Session created(Creation creation) {
        assertThat(creation).isInstanceOf(Created.class);
        return ((Created) creation).session();
    }

    static Session found(Lookup lookup) {
        assertThat(lookup).isInstanceOf(Found.class);
        return ((Found) lookup).session();
    }

    static Session patched(Patching patching) {
        assertThat(patching).isInstanceOf(Patched.class);
        return ((Patched) patching).session();
    }

    static Rotated rotated(Rotation rotation) {
        assertThat(rotation).isInstanceOf(Rotated.class);
        return (Rotated) rotation;
    }

    static SessionId id(SessionRequest request) {
        return request.token().id();
    }

    /** Returns attributes of names and the JSON of their values. */
    static Attributes members(String... namesAndValues) {
        return new Attributes(object(namesAndValues).members());
    }

    static Members object(String... namesAndValues) {
        return new Members(IntStream.range(0, namesAndValues.length / 2)
                .boxed()
                .collect(Collectors.toMap(i -> namesAndValues[2 * i], i -> new Value(namesAndValues[2 * i + 1]))));
    }

    static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(20));
    }

    static void pass(long micros) {
        NOW.addAndGet(micros);
    }

    static Instant in(long seconds) {
        return Instant.EPOCH.plus(NOW.get(), ChronoUnit.MICROS).plusSeconds(seconds);
    }
}
