// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizer.Authorization.Authorized;
import dev.gatehouse.authorizer.Authorization.Forbidden;
import dev.gatehouse.authorizer.Authorization.KeyAuthorized;
import dev.gatehouse.authorizer.Authorization.OverLimit;
import dev.gatehouse.authorizer.Authorization.Unauthorized;
import dev.gatehouse.authorizer.Authorization.Unauthorized.Reason;
import dev.gatehouse.authorizer.AuthorizationRequest.OnLimit;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.ratelimit.Check;
import dev.gatehouse.ratelimit.CheckDecision;
import dev.gatehouse.ratelimit.CheckedLimits;
import dev.gatehouse.ratelimit.CheckedLimits.Entry;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.LimitDecision;
import dev.gatehouse.ratelimit.LimitDecision.Allowed;
import dev.gatehouse.ratelimit.LimitDecision.Denied;
import dev.gatehouse.ratelimit.LimitDecision.WouldDeny;
import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.ratelimit.Mode;
import dev.gatehouse.ratelimit.RateLimiter;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.session.Grace;
import dev.gatehouse.session.Rotation.Rotated;
import dev.gatehouse.session.SessionStore;
import dev.gatehouse.session.SessionToken;
import dev.gatehouse.testkit.Threads;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The contract of {@link Authorizer}. Only tests advance the time. */
@ResourceLock("AuthorizerContract") // Its classes share the clock.
abstract class AuthorizerContract {

    static final long SECOND = 1_000_000;

    /** The time of all tests in microseconds. */
    static final AtomicLong NOW = new AtomicLong(1_790_000_000 * SECOND);

    /** Regains a unit every six seconds. */
    static final Limit TEN = Limit.of("ten", 10, 60);

    static final Limit TWO = Limit.of("two", 2, 600);
    static final Limit PER_ADDRESS = Limit.of("address", 3, 300);

    static final String IP = "192.0.2.1";

    private final String tenant = "tenant-" + UUID.randomUUID();

    abstract Authorizer authorizer();

    abstract SessionStore sessions();

    abstract RateLimiter limiter();

    abstract Source source();

    String tenant() {
        return tenant;
    }

    @Test
    void authorizesALiveSessionAndReturnsTheLimitsOfTheAddressFirst() {
        var ada = begin("ada");

        var authorized = (Authorized) decide(ada.token(), List.of(TEN, TWO), List.of(PER_ADDRESS));

        assertThat(authorized.session()).isEqualTo(ada.session());
        assertThat(authorized.quotas().all())
                .isEqualTo(List.of(
                        new Entry(PER_ADDRESS, allowed(2, 100)),
                        new Entry(TEN, allowed(9, 6)),
                        new Entry(TWO, allowed(1, 300))));
        assertThat(authorized.quotas().exceeded()).isFalse();
        assertThat(authorized.quotas().retryAfter()).isEqualTo(Duration.ZERO);
        assertThat(authorized.quotas().tightest().orElseThrow().limit()).isEqualTo(TWO);
    }

    @Test
    void authorizesASessionWithoutLimits() {
        var ada = begin("ada");
        assertThat(decide(ada.token(), List.of(), List.of()))
                .isEqualTo(new Authorized(ada.session(), CheckedLimits.NONE));
        assertThat(CheckedLimits.NONE.tightest()).isEmpty();
    }

    @Test
    void returnsTheSourceOfTheDecision() {
        var ada = begin("ada");
        for (var request : List.of(
                request(ada.token(), List.of(TEN), List.of(PER_ADDRESS)),
                request(ada.token(), List.of(), List.of()),
                request(null, List.of(TEN), List.of(PER_ADDRESS)),
                request(begin("bob").stranger(), List.of(TEN), List.of(PER_ADDRESS)))) {
            assertThat(((Decided<Authorization>) authorization(request)).source())
                    .isEqualTo(source());
        }
    }

    @Test
    void isUnauthorizedWithoutAToken() {
        assertThat(decide(null, List.of(TEN), List.of())).isEqualTo(new Unauthorized());
        assertThat(decide(null, List.of(TEN), List.of(PER_ADDRESS))).isEqualTo(new Unauthorized());
    }

    @Test
    void isUnauthorizedWithAnotherToken() {
        var ada = begin("ada");
        for (var token : List.of(
                ada.stranger(),
                begin("bob").stranger(),
                new SessionToken(ada.token().id(), "x".repeat(43)))) {
            assertThat(decide(token, List.of(TEN), List.of())).isEqualTo(new Unauthorized());
        }
        assertThat(decide("another-tenant", request(ada.token(), List.of(), List.of())))
                .isEqualTo(new Unauthorized());
    }

    @Test
    void reportsATokenThatIsReusedAfterItsGracePeriod() {
        var old = begin("ada").token();
        join(sessions().rotate(tenant, old, new Grace(10), deadline()));
        pass(10 * SECOND);

        assertThat(decide(old, List.of(TEN), List.of(PER_ADDRESS))).isEqualTo(new Unauthorized(Reason.TOKEN_REUSED));
        assertThat(decide(old, List.of(), List.of())).isEqualTo(new Unauthorized(Reason.TOKEN_REUSED));
    }

    @Test
    void reportsTheReuseOfATokenThatWasReplacedTwoRotationsAgo() {
        var old = begin("ada").token();
        var second = ((Rotated) join(sessions().rotate(tenant, old, new Grace(10), deadline()))).token();
        join(sessions().rotate(tenant, second, new Grace(10), deadline()));
        pass(10 * SECOND);

        assertThat(decide(old, List.of(TEN), List.of(PER_ADDRESS))).isEqualTo(new Unauthorized(Reason.TOKEN_REUSED));
        assertThat(decide(old, List.of(), List.of())).isEqualTo(new Unauthorized(Reason.TOKEN_REUSED));
    }

    @Test
    void isUnauthorizedOnceTheSessionIsRevokedOrExpired() {
        var revoked = begin("ada");
        join(sessions().revoke(tenant, revoked.token().id(), deadline()));
        assertThat(decide(revoked.token(), List.of(TEN), List.of())).isEqualTo(new Unauthorized());

        var ended = begin("ada");
        pass(1800 * SECOND);
        assertThat(decide(ended.token(), List.of(TEN), List.of())).isEqualTo(new Unauthorized());
        assertThat(used(TEN, "ada")).isZero();
    }

    @Test
    void countsAsAUseOfTheSession() {
        var ada = begin("ada");
        pass(1000 * SECOND);
        var authorized = (Authorized) decide(ada.token(), List.of(TEN), List.of(PER_ADDRESS));
        assertThat(authorized.session().lastSeenAt()).isEqualTo(now());
        pass(1500 * SECOND);
        assertThat(decide(ada.token(), List.of(), List.of())).isInstanceOf(Authorized.class);
    }

    @Test
    void countsTheAddressWithAndWithoutASession() {
        decide(null, List.of(TEN), List.of(PER_ADDRESS));
        decide(begin("ada").stranger(), List.of(TEN), List.of(PER_ADDRESS));
        decide(begin("ada").token(), List.of(TEN), List.of(PER_ADDRESS));

        assertThat(used(PER_ADDRESS, IP)).isEqualTo(3);
        assertThat(used(TEN, "ada")).isEqualTo(1);
    }

    @Test
    void revealsNothingOfTheSessionIfTheAddressHasNoRoom() {
        var ada = begin("ada");
        exhaust(PER_ADDRESS, IP);

        for (var token : new SessionToken[] {ada.token(), ada.stranger(), null}) {
            var over = (OverLimit) decide(token, List.of(TEN), List.of(PER_ADDRESS, TEN));
            assertThat(over.session()).isNull();
            assertThat(over.quotas().all())
                    .isEqualTo(List.of(new Entry(PER_ADDRESS, denied(0, 300, 100)), new Entry(TEN, allowed(10, 0))));
            assertThat(over.quotas().exceededNames()).containsExactly("address");
            assertThat(over.quotas().retryAfter()).isEqualTo(Duration.ofSeconds(100));
        }
        assertThat(used(TEN, IP))
                .as("all of the address's limits are charged, or none")
                .isZero();
    }

    @Test
    void doesNotChargeTheUserIfTheAddressHasNoRoom() {
        var ada = begin("ada");
        exhaust(PER_ADDRESS, IP);

        decide(ada.token(), List.of(TEN, TWO), List.of(PER_ADDRESS));
        decide(ada.token(), List.of(TEN, TWO), List.of(PER_ADDRESS));

        assertThat(used(TEN, "ada")).isZero();
        assertThat(used(TWO, "ada")).isZero();
    }

    @Test
    void chargesAllOrNoneOfTheLimitsOfAUser() {
        var ada = begin("ada");
        exhaust(TWO, "ada");

        var over = (OverLimit) decide(ada.token(), List.of(TEN, TWO), List.of(PER_ADDRESS));

        assertThat(over.session()).isEqualTo(ada.session());
        assertThat(over.quotas().all())
                .isEqualTo(List.of(
                        new Entry(PER_ADDRESS, allowed(2, 100)),
                        new Entry(TEN, allowed(10, 0)),
                        new Entry(TWO, denied(0, 600, 300))));
        assertThat(over.quotas().tightest().orElseThrow().limit()).isEqualTo(TWO);
        assertThat(used(TEN, "ada")).isZero();
        assertThat(used(PER_ADDRESS, IP)).as("charged to the address").isEqualTo(1);
    }

    @Test
    void deniesASubjectUntilItsLockOutEnds() {
        var ada = begin("ada");
        var blocking = TWO.blocking(1200);
        exhaust(blocking, "ada");
        for (int left = 1200; left > 0; left -= 600) {
            var over = (OverLimit) decide(ada.token(), List.of(blocking), List.of());

            assertThat(over.quotas().blocked()).isTrue();
            assertThat(over.quotas().retryAfter()).isEqualTo(Duration.ofSeconds(left));
            pass(600 * SECOND);
        }
        assertThat(decide(ada.token(), List.of(blocking), List.of())).isInstanceOf(Authorized.class);
    }

    @Test
    void admitsAtTheRetryTimeAndNotBefore() {
        var ada = begin("ada");
        exhaust(TWO, "ada");
        exhaust(PER_ADDRESS, IP);
        var byAddress = ((OverLimit) decide(ada.token(), List.of(TWO), List.of(PER_ADDRESS)))
                .quotas()
                .retryAfter();
        pass(micros(byAddress) - 1);
        assertThat(decide(ada.token(), List.of(TWO), List.of(PER_ADDRESS)))
                .isEqualTo(new OverLimit(
                        null,
                        new CheckedLimits(List.of(
                                new Entry(PER_ADDRESS, new Denied(0, inMicros(200 * SECOND + 1), inMicros(1)))))));
        pass(1);

        var byUser = ((OverLimit) decide(ada.token(), List.of(TWO), List.of(PER_ADDRESS))).quotas();
        assertThat(byUser.exceededNames()).containsExactly("two");
        pass(micros(byUser.retryAfter()) - 1);
        assertThat(decide(ada.token(), List.of(TWO), List.of())).isInstanceOf(OverLimit.class);
        pass(1);
        assertThat(decide(ada.token(), List.of(TWO), List.of())).isInstanceOf(Authorized.class);
    }

    @Test
    void authorizesAndMarksAFlaggedRequestOverItsLimit() {
        var ada = begin("ada");
        exhaust(TWO, "ada");

        var flagged = (Authorized) decide(flagging(ada.token(), List.of(TEN, TWO), List.of(PER_ADDRESS)));
        assertThat(flagged.session()).isEqualTo(ada.session());
        assertThat(flagged.quotas().exceeded()).isTrue();
        assertThat(flagged.quotas().exceededNames()).containsExactly("two");
        assertThat(flagged.quotas().retryAfter()).isEqualTo(Duration.ofSeconds(300));

        assertThat(check(PER_ADDRESS, IP, 2)).isInstanceOf(Allowed.class);
        var both = (Authorized) decide(flagging(ada.token(), List.of(TEN, TWO), List.of(PER_ADDRESS)));
        assertThat(both.quotas().exceededNames()).containsExactly("address", "two");
        assertThat(decide(flagging(ada.token(), List.of(TEN), List.of(PER_ADDRESS))))
                .isInstanceOf(Authorized.class);
        assertThat(used(TEN, "ada")).as("authorized once").isEqualTo(1);
    }

    @Test
    void doesNotAuthorizeAFlaggedRequestWithoutASession() {
        var stranger = begin("ada").stranger();
        exhaust(PER_ADDRESS, IP);
        for (var token : new SessionToken[] {stranger, null}) {
            assertThat(decide(flagging(token, List.of(TEN), List.of(PER_ADDRESS))))
                    .isEqualTo(new Unauthorized());
        }
    }

    @Test
    void countsAllSessionsOfAUserTogetherWithChecksOfTheUserId() {
        var first = begin("ada");
        var second = begin("ada");
        decide(first.token(), List.of(TWO), List.of());
        assertThat(check(TWO, "ada", 1)).isEqualTo(allowed(0, 600));
        assertThat(decide(second.token(), List.of(TWO), List.of())).isInstanceOf(OverLimit.class);
        assertThat(decide(begin("bob").token(), List.of(TWO), List.of())).isInstanceOf(Authorized.class);
    }

    @Test
    void separatesTenants() {
        var ada = begin("ada");
        var other = "other-" + tenant;
        var elsewhere = begin(other, "ada");
        exhaust(TWO, "ada");
        exhaust(PER_ADDRESS, IP);

        assertThat(decide(other, request(elsewhere.token(), List.of(TWO), List.of(PER_ADDRESS))))
                .isInstanceOf(Authorized.class);
        assertThat(decide(other, request(ada.token(), List.of(TWO), List.of(PER_ADDRESS))))
                .isEqualTo(new Unauthorized());
    }

    @Test
    void decidesByUncountedLimits() {
        var ada = begin("ada");
        var nothing = Limit.of("nothing", 0, 60);
        var everything = Limit.unlimited("everything");

        assertThat(decide(ada.token(), List.of(everything), List.of(everything)))
                .isInstanceOf(Authorized.class);
        var over = (OverLimit) decide(ada.token(), List.of(TEN, nothing, everything), List.of());
        assertThat(over.quotas().exceededNames()).containsExactly("nothing");
        assertThat(over.quotas().retryAfter()).as("no wait suffices").isNull();
        assertThat(used(TEN, "ada")).isZero();
        assertThat(decide(ada.token(), List.of(nothing), List.of())).isInstanceOf(OverLimit.class);
        assertThat(((OverLimit) decide(ada.token(), List.of(TEN), List.of(nothing))).session())
                .isNull();
        assertThat(decide(null, List.of(), List.of(nothing))).isInstanceOf(OverLimit.class);
    }

    @Test
    void authorizesOverAShadowLimit() {
        var ada = begin("ada");
        exhaust(TWO, "ada");
        exhaust(PER_ADDRESS, IP);

        var authorized =
                (Authorized) decide(ada.token(), List.of(TWO.inShadow(), TEN), List.of(PER_ADDRESS.inShadow()));

        assertThat(authorized.quotas().all())
                .extracting(quota -> quota.decision().getClass().getSimpleName())
                .containsExactly(
                        WouldDeny.class.getSimpleName(),
                        WouldDeny.class.getSimpleName(),
                        Allowed.class.getSimpleName());
        assertThat(authorized.quotas().exceeded()).isFalse();
        assertThat(authorized.quotas().tightest().orElseThrow().limit()).isEqualTo(TEN);
    }

    @Test
    void admitsRacingRequestsUpToTheLimit() throws Exception {
        for (int round = 0; round < 5; round++) {
            var user = "racer-" + round;
            var first = begin(user);
            var second = begin(user);
            var passed = new AtomicInteger();
            var limit = Limit.of("race", 40, 6000);
            Threads.together(8, thread -> {
                for (int i = 0; i < 10; i++) {
                    var token = (thread + i) % 2 == 0 ? first.token() : second.token();
                    switch (decide(token, List.of(limit, Limit.of("wide", 1000, 6000)), List.of())) {
                        case Authorized _ -> passed.incrementAndGet();
                        case OverLimit _ -> {}
                        case Forbidden _, Unauthorized _, KeyAuthorized _ ->
                            throw new AssertionError("the session is live");
                    }
                }
            });
            assertThat(passed).hasValue(40);
            assertThat(used(Limit.of("wide", 1000, 6000), user)).isEqualTo(40);
        }
    }

    @Test
    void refundsAllUserChargesOfRacingDenialsByTheAddress() throws Exception {
        var ada = begin("ada");
        var passed = new AtomicInteger();
        var perAddress = Limit.of("narrow", 20, 6000);
        var perUser = Limit.of("wide", 1000, 6000);
        Threads.together(8, _ -> {
            for (int i = 0; i < 10; i++) {
                if (decide(ada.token(), List.of(perUser), List.of(perAddress)) instanceof Authorized) {
                    passed.incrementAndGet();
                }
            }
        });
        assertThat(passed).hasValue(20);
        assertThat(used(perUser, "ada")).isEqualTo(20);
        assertThat(used(perAddress, IP)).isEqualTo(20);
    }

    SessionAndToken begin(String user) {
        return begin(tenant, user);
    }

    SessionAndToken begin(String tenant, String user) {
        return TestSessions.create(sessions(), tenant, user);
    }

    Authorization decide(SessionToken token, List<Limit> ofUser, List<Limit> ofAddress) {
        return decide(request(token, ofUser, ofAddress));
    }

    Authorization decide(AuthorizationRequest request) {
        return decide(tenant, request);
    }

    private Authorization decide(String tenant, AuthorizationRequest request) {
        return join(authorizer().authorize(tenant, request, deadline()));
    }

    Decision<Authorization> authorization(AuthorizationRequest request) {
        return authorizer()
                .authorize(tenant, request, deadline())
                .toCompletableFuture()
                .join();
    }

    static AuthorizationRequest request(SessionToken token, List<Limit> ofUser, List<Limit> ofAddress) {
        return request(Access.SESSION, token, ofUser, ofAddress, OnLimit.DENY);
    }

    static AuthorizationRequest request(
            Access access, SessionToken token, List<Limit> ofUser, List<Limit> ofAddress, OnLimit onLimit) {
        return new AuthorizationRequest(access, token, charged(ofUser, 1), IP, charged(ofAddress, 1), onLimit);
    }

    static List<ChargedLimit> charged(List<Limit> limits, long cost) {
        return limits.stream().map(limit -> new ChargedLimit(limit, cost)).toList();
    }

    static AuthorizationRequest flagging(SessionToken token, List<Limit> ofUser, List<Limit> ofAddress) {
        return request(Access.SESSION, token, ofUser, ofAddress, OnLimit.FLAG);
    }

    void exhaust(Limit limit, String subject) {
        assertThat(check(limit, subject, limit.limit())).isInstanceOf(Allowed.class);
    }

    /** Returns the units in use according to the limiter. */
    long used(Limit limit, String subject) {
        return limit.limit() - check(limit, subject, 0).remaining();
    }

    LimitDecision check(Limit limit, String subject, long cost) {
        var check = new Check(List.of(new LimitedSubject(limit, subject, cost)), Mode.ALL);
        CheckDecision decision = join(limiter().check(tenant, check, deadline()));
        return decision.limits().getFirst();
    }

    static <T> T join(CompletionStage<Decision<T>> stage) {
        return ((Decided<T>) stage.toCompletableFuture().join()).value();
    }

    static Deadline deadline() {
        return Deadline.in(Duration.ofSeconds(20));
    }

    static void pass(long micros) {
        NOW.addAndGet(micros);
    }

    static Instant now() {
        return Instant.EPOCH.plus(NOW.get(), ChronoUnit.MICROS);
    }

    static long micros(Duration duration) {
        return duration.toNanos() / 1000;
    }

    static Duration inMicros(long micros) {
        return Duration.of(micros, ChronoUnit.MICROS);
    }

    static Allowed allowed(long remaining, long resetSeconds) {
        return new Allowed(remaining, Duration.ofSeconds(resetSeconds));
    }

    static Denied denied(long remaining, long resetSeconds, long retrySeconds) {
        return new Denied(remaining, Duration.ofSeconds(resetSeconds), Duration.ofSeconds(retrySeconds));
    }
}
