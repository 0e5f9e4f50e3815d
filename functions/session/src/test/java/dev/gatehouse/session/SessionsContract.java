// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.session.Creation.Created;
import dev.gatehouse.session.Creation.LimitReached;
import dev.gatehouse.session.Lookup.Found;
import dev.gatehouse.session.Patching.Absent;
import dev.gatehouse.session.Patching.Patched;
import dev.gatehouse.session.SessionRequest.OnLimit;
import dev.gatehouse.testkit.Threads;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The contract of {@link SessionStore}, for every implementation. */
abstract class SessionsContract extends ElevationContract {

    @Test
    void aLookupReturnsTheSessionAsCreated() {
        var request = SessionRequest.of(
                ADA, members("cart", "[1, 2]", "n", "1.10"), PHONE, 1800, DAY, 3, OnLimit.EVICT_OLDEST);

        var created = created(create(request));

        assertThat(created)
                .isEqualTo(new Session(
                        request.token().id(),
                        ADA,
                        null,
                        in(0),
                        in(0),
                        in(1800),
                        in(DAY),
                        in(0),
                        null,
                        members("n", "1.10", "cart", "[1, 2]"),
                        PHONE,
                        1));
        assertThat(lookup(request.token())).isEqualTo(new Found(created));
        assertThat(look(request.token())).isEqualTo(new Found(created));
        assertThat(list(ADA)).containsExactly(created);
    }

    @Test
    void onlyItsTokenOpensASession() {
        var token = begin(ADA).token();

        var otherSecret = new SessionToken(token.id(), SessionToken.random(ADA).secret());
        var otherId = new SessionToken(SessionId.random(ADA), token.secret());
        var otherUser = new SessionToken(new SessionId(GRACE.tag(), token.id().random()), token.secret());
        for (var wrong : List.of(otherSecret, otherId, otherUser, SessionToken.random(ADA))) {
            assertThat(lookup(wrong)).isEqualTo(new Lookup.Invalid());
            assertThat(look(wrong)).isEqualTo(new Lookup.Invalid());
            assertThat(rotate(wrong, 10)).isEqualTo(new Rotation.Invalid());
        }
        assertThat(lookup(token)).isInstanceOf(Found.class);
    }

    @Test
    void anUntouchedSessionLivesUntilItsIdleDeadlineExclusive() {
        var token = begin(ADA, 100, DAY).token();
        pass(100 * SECOND - 1);
        assertThat(look(token)).isInstanceOf(Found.class);
        pass(1);
        assertEnded(token);
    }

    @Test
    void aTouchMovesTheIdleDeadline() {
        var token = begin(ADA, 100, DAY).token();
        pass(99 * SECOND);
        assertThat(found(lookup(token)).lastSeenAt()).isEqualTo(in(0));
        assertThat(found(look(token)).idleExpiresAt()).isEqualTo(in(100));
        pass(99 * SECOND);
        assertThat(found(look(token)).lastSeenAt()).isEqualTo(in(-99));
        pass(SECOND);
        assertEnded(token);
    }

    @Test
    void aTouchNeverExtendsTheAbsoluteTimeout() {
        var token = begin(ADA, 100, 250).token();
        for (int n = 0; n < 4; n++) {
            pass(60 * SECOND);
            var found = found(lookup(token));
            assertThat(found.expiresAt()).isEqualTo(in(250 - 60 * (n + 1)));
            assertThat(found.idleExpiresAt()).isEqualTo(in(Math.min(100, 250 - 60 * (n + 1))));
        }
        pass(10 * SECOND - 1);
        assertThat(lookup(token)).isInstanceOf(Found.class);
        pass(1);
        assertEnded(token);
    }

    @Test
    void aTouchIsWrittenOnceAMinuteAtMost() {
        var token = begin(ADA, HOUR, DAY).token();
        pass(60 * SECOND - 1);
        assertThat(found(lookup(token)).idleExpiresAt()).isEqualTo(in(HOUR - 60).plus(1, ChronoUnit.MICROS));
        pass(1);
        assertThat(found(lookup(token)).idleExpiresAt()).isEqualTo(in(HOUR));
        assertThat(found(lookup(token)).lastSeenAt()).isEqualTo(in(0));
    }

    @Test
    void aTouchIsWrittenOnceInAThirtiethOfAShortIdleTime() {
        var token = begin(ADA, 10, DAY).token();
        pass(333_333);
        assertThat(found(lookup(token)).lastSeenAt()).isBefore(in(0));
        pass(1);
        assertThat(found(lookup(token)).lastSeenAt()).isEqualTo(in(0));
    }

    @Test
    void aLookupWithoutTouchWritesNothing() {
        var token = begin(ADA, 100, DAY).token();
        var before = found(look(token));
        pass(99 * SECOND);
        assertThat(found(look(token))).isEqualTo(before);
        assertThat(list(ADA)).containsExactly(before);
    }

    @Test
    void theIdleTimeoutMayExceedTheAbsoluteOne() {
        var token = begin(ADA, DAY, 100).token();
        assertThat(found(lookup(token)).idleExpiresAt()).isEqualTo(in(100));
        pass(100 * SECOND);
        assertEnded(token);
    }

    @Test
    void theShortestAndLongestValuesAreStored() {
        var brief = begin(ADA, 1, 1).token();
        var longest = begin(ADA, SessionRequest.MAX_SECONDS, SessionRequest.MAX_SECONDS)
                .token();
        pass(SECOND - 1);
        assertThat(look(brief)).isInstanceOf(Found.class);
        pass(1);
        assertEnded(brief);
        pass((SessionRequest.MAX_SECONDS - 1) * SECOND - 1);
        assertThat(look(longest)).isInstanceOf(Found.class);
        pass(1);
        assertEnded(longest);
    }

    @Test
    void creatingAgainWithTheSameTokenReturnsTheSameSession() {
        var request = request(ADA, 2, OnLimit.REJECT);
        var other = begin(ADA).token();
        var first = create(request);
        pass(10 * SECOND);

        assertThat(create(request)).isEqualTo(first);
        assertThat(list(ADA)).hasSize(2);
        assertThat(lookup(other)).isInstanceOf(Found.class);
    }

    @Test
    void anIdOfAnotherTokenMakesTheCreationUnavailable() {
        var token = begin(ADA).token();
        var other = new SessionRequest(
                new SessionToken(token.id(), SessionToken.random(ADA).secret()),
                ADA,
                Attributes.NONE,
                Device.UNKNOWN,
                1800,
                DAY,
                10,
                OnLimit.EVICT_OLDEST,
                null,
                null);

        assertThat(sessions()
                        .create(tenant, other, patience())
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(Unavailable.class);

        assertThat(lookup(token)).isInstanceOf(Found.class);
        assertThat(lookup(other.token())).isEqualTo(new Lookup.Invalid());
    }

    @Test
    void aRevokedSessionIsGone() {
        var token = begin(ADA).token();

        assertThat(revoke(token.id())).isEqualTo(1);

        assertEnded(token);
        assertThat(revoke(token.id())).as("again").isEqualTo(0);
        assertThat(revoke(SessionId.random(ADA))).isEqualTo(0);
    }

    @Test
    void allSessionsOfOneUserAreRevoked() {
        var first = begin(ADA).token();
        var second = begin(ADA).token();
        var other = begin(GRACE).token();

        assertThat(revokeAll(ADA, null)).isEqualTo(2);

        assertEnded(first);
        assertEnded(second);
        assertThat(lookup(other)).isInstanceOf(Found.class);
        assertThat(revokeAll(ADA, null)).isEqualTo(0);
    }

    @Test
    void allButOneAreRevoked() {
        var first = begin(ADA).token();
        var stays = begin(ADA).token();
        var ended = begin(ADA, 1, 1).token();
        pass(SECOND);

        assertThat(revokeAll(ADA, stays.id())).isEqualTo(1);

        assertEnded(first);
        assertEnded(ended);
        assertThat(lookup(stays)).isInstanceOf(Found.class);
        var anothers = begin(GRACE).token().id();
        assertThat(revokeAll(ADA, new SessionId(anothers.tag(), stays.id().random())))
                .as("an id of another user keeps none")
                .isEqualTo(1);
    }

    @Test
    void theListHasTheLiveSessionsNewestFirst() {
        var ended = begin(ADA, 2, DAY).token();
        var first = begin(ADA, 100, DAY);
        pass(SECOND);
        var second = begin(ADA, 100, DAY);
        pass(SECOND);
        var third = begin(ADA, 100, DAY);
        begin(GRACE);
        lookup(first.token());

        assertThat(list(ADA)).extracting(Session::id).containsExactly(id(third), id(second), id(first));
        assertEnded(ended);
        revoke(id(second));
        pass(98 * SECOND - 1);
        assertThat(list(ADA)).extracting(Session::id).containsExactly(id(third), id(first));
        pass(1);
        assertThat(list(ADA)).extracting(Session::id).containsExactly(id(third));
        pass(2 * SECOND);
        assertThat(list(ADA)).isEmpty();
    }

    @Test
    void aCreationAtTheMaximumEvictsTheOldest() {
        var tokens = IntStream.range(0, 4)
                .mapToObj(n -> {
                    pass(SECOND);
                    return begin(ADA).token();
                })
                .toList();
        pass(61 * SECOND);
        lookup(tokens.getFirst());
        begin(GRACE);

        var request = request(ADA, 3, OnLimit.EVICT_OLDEST);
        assertThat(create(request)).isInstanceOfSatisfying(Created.class, created -> assertThat(created.evicted())
                .isEqualTo(2));

        assertEnded(tokens.get(0));
        assertEnded(tokens.get(1));
        assertThat(list(ADA))
                .extracting(Session::id)
                .containsExactly(
                        request.token().id(), tokens.get(3).id(), tokens.get(2).id());
    }

    @Test
    void ofSessionsCreatedAtOneInstantTheLeastIdIsEvicted() {
        var ids = IntStream.range(0, 8)
                .mapToObj(_ -> begin(ADA).token().id().random())
                .sorted()
                .toList();

        create(request(ADA, 6, OnLimit.EVICT_OLDEST));

        assertThat(list(ADA))
                .extracting(session -> session.id().random())
                .doesNotContain(ids.get(0), ids.get(1), ids.get(2))
                .contains(ids.get(3), ids.get(7))
                .hasSize(6);
    }

    @Test
    void aCreationAtTheMaximumIsRejectedOnRequest() {
        var ending = begin(ADA, 10, DAY).token();
        var token = begin(ADA).token();

        assertThat(create(request(ADA, 2, OnLimit.REJECT))).isEqualTo(new LimitReached());
        assertThat(lookup(ending)).isInstanceOf(Found.class);
        assertThat(lookup(token)).isInstanceOf(Found.class);
        assertThat(list(ADA)).hasSize(2);
        pass(10 * SECOND);
        assertThat(create(request(ADA, 2, OnLimit.REJECT)))
                .as("one has ended")
                .isInstanceOfSatisfying(
                        Created.class, created -> assertThat(created.evicted()).isZero());
    }

    @Test
    void anyUserAndDeviceIsReturnedAsGiven() {
        for (var user : List.of("a", "\u0000", "größe 🙂", "x".repeat(UserId.MAX_LENGTH), "🙂".repeat(128), "'\"{}")) {
            for (var device : List.of(
                    Device.UNKNOWN,
                    new Device("", "", ""),
                    new Device(null, "a", null),
                    new Device("ü".repeat(Device.MAX_NAME), "x".repeat(Device.MAX_USER_AGENT), "1".repeat(45)))) {
                var request = request(new UserId(user), Attributes.NONE, device);
                var created = created(create(request));
                assertThat(created.userId().value()).isEqualTo(user);
                assertThat(created.device()).isEqualTo(device);
                assertThat(lookup(request.token())).isEqualTo(new Found(created));
                assertThat(list(new UserId(user))).contains(created);
            }
        }
    }

    @Test
    void tenantsAreSeparate() {
        var request = request(ADA, 1, OnLimit.EVICT_OLDEST);
        var token = request.token();
        create(request);
        var other = tenant + "x";

        assertThat(decided(sessions().lookup(other, token, Touch.TOUCH, patience())))
                .isEqualTo(new Lookup.Invalid());
        assertThat(decided(sessions().rotate(other, token, Grace.DEFAULT, patience())))
                .isEqualTo(new Rotation.Invalid());
        assertThat(decided(sessions().patch(other, token.id(), members("a", "1"), OptionalLong.empty(), patience())))
                .isEqualTo(new Absent());
        assertThat(decided(sessions().revoke(other, token.id(), patience()))).isEqualTo(0);
        assertThat(decided(sessions().revokeAll(other, ADA, Optional.empty(), patience())))
                .isEqualTo(0);
        assertThat(decided(sessions().list(other, ADA, patience()))).isEmpty();
        assertThat(decided(sessions().create(other, request(ADA, 1, OnLimit.EVICT_OLDEST), patience())))
                .isInstanceOfSatisfying(
                        Created.class, created -> assertThat(created.evicted()).isZero());
        assertThat(lookup(token)).isInstanceOf(Found.class);
    }

    @Test
    void aClockThatStepsBackMovesNoTimeBackward() {
        var token = begin(ADA, 100, DAY).token();
        pass(90 * SECOND);
        lookup(token);
        pass(-60 * SECOND);

        assertThat(found(lookup(token)).lastSeenAt()).isEqualTo(in(60));
        assertThat(found(lookup(token)).idleExpiresAt()).isEqualTo(in(160));
        var rotated = rotated(rotate(token, 10)).session();
        assertThat(rotated.lastSeenAt()).isEqualTo(in(60));
        assertThat(rotated.idleExpiresAt()).isEqualTo(in(160));
        pass(60 * SECOND);
    }

    @Test
    void afterADeepStepBackASessionLastsNoLonger() {
        var token = begin(ADA, 100, 250).token();
        pass(60 * SECOND);
        lookup(token);
        pass(30 * SECOND);
        pass(-HOUR * SECOND);

        var session = found(look(token));
        assertThat(session.createdAt()).isEqualTo(in(-60));
        assertThat(session.lastSeenAt()).isEqualTo(in(0));
        assertThat(session.idleExpiresAt()).isEqualTo(in(100));
        assertThat(session.expiresAt()).isEqualTo(in(190));
        for (int n = 0; n < 3; n++) {
            pass(60 * SECOND);
            assertThat(lookup(token)).isInstanceOf(Found.class);
        }
        pass(10 * SECOND);
        assertEnded(token);
        pass(HOUR * SECOND);
    }

    @Test
    void afterADeepStepBackAnUnusedSessionEndsInItsTime() {
        var token = begin(ADA, 100, DAY).token();
        pass(-HOUR * SECOND);
        assertThat(list(ADA)).singleElement().satisfies(session -> assertThat(session.idleExpiresAt())
                .isEqualTo(in(100)));
        pass(100 * SECOND - 1);
        assertThat(look(token)).isInstanceOf(Found.class);
        pass(1);
        assertThat(create(request(ADA, 1, OnLimit.REJECT))).isInstanceOf(Created.class);
        assertEnded(token);
        pass(HOUR * SECOND);
    }

    @Test
    void afterADeepStepForwardASessionEnds() {
        var token = begin(ADA, 100, DAY).token();
        pass(HOUR * SECOND);
        assertEnded(token);
    }

    @Test
    void afterADeepStepBackAReplacedTokenIsValidNoLonger() {
        for (boolean isUsed : new boolean[] {false, true}) {
            var token = begin(ADA).token();
            pass(1000 * SECOND);
            var successor = rotated(rotate(token, 10)).token();
            // Behind the rotation, but not behind the last touch.
            pass(-900 * SECOND);

            assertThat(found(look(isUsed ? token : successor)).idleExpiresAt()).isEqualTo(in(800));
            pass(10 * SECOND - 1);
            assertThat(look(token)).isInstanceOf(Found.class);
            pass(1);
            assertThat(look(token)).isEqualTo(new Lookup.Reused());
            assertThat(rotate(token, 10)).isEqualTo(new Rotation.Reused());
            assertThat(look(successor)).isInstanceOf(Found.class);
            pass(HOUR * SECOND);
        }
    }

    @Test
    void afterADeepStepBackEachChangeKeepsTheTimesOfTheSession() {
        var token = begin(ADA, 100, DAY).token();
        pass(-HOUR * SECOND);
        assertThat(patched(patch(token.id(), members("n", "1"))).idleExpiresAt())
                .isEqualTo(in(100));
        pass(-HOUR * SECOND);
        token = rotated(rotate(token, HOUR)).token();
        pass(100 * SECOND);
        assertEnded(token);
        pass(2 * HOUR * SECOND);
    }

    @Test
    void racingCreationsNeverExceedTheMaximum() throws Exception {
        var live = ConcurrentHashMap.<SessionToken>newKeySet();
        var evicted = new AtomicInteger();
        Threads.together(16, _ -> {
            for (int n = 0; n < 20; n++) {
                var request = request(ADA, 3, OnLimit.EVICT_OLDEST);
                evicted.addAndGet(((Created) create(request)).evicted());
                live.add(request.token());
                assertThat(list(ADA)).hasSizeLessThanOrEqualTo(3);
            }
        });
        assertThat(list(ADA)).hasSize(3);
        assertThat(evicted).hasValue(16 * 20 - 3);
        assertThat(live.stream().filter(token -> look(token) instanceof Found)).hasSize(3);

        var refused = new AtomicInteger();
        Threads.together(16, _ -> {
            if (create(request(GRACE, 5, OnLimit.REJECT)) instanceof LimitReached) {
                refused.incrementAndGet();
            }
        });
        assertThat(refused).hasValue(11);
        assertThat(list(GRACE)).hasSize(5);
    }

    @Test
    void ofRacingPatchesWithTheVersionOneTakesEffect() throws Exception {
        var id = begin(ADA, Attributes.NONE).token().id();
        var made = new AtomicInteger();
        Threads.together(8, thread -> {
            for (int version = 1; version <= 20; version++) {
                if (patch(id, members("by" + thread, "1"), version) instanceof Patched) {
                    made.incrementAndGet();
                }
            }
        });
        assertThat(patched(patch(id, Attributes.NONE)).version()).isEqualTo(made.get() + 2);
    }

    @Test
    void racingRotationsOfOneTokenGiveOneSuccessor() throws Exception {
        for (int round = 0; round < 20; round++) {
            var token = begin(ADA).token();
            var successors = ConcurrentHashMap.<SessionToken>newKeySet();
            Threads.together(8, _ -> successors.add(rotated(rotate(token, 10)).token()));
            assertThat(successors).hasSize(1).doesNotContain(token);
            assertThat(look(successors.iterator().next())).isInstanceOf(Found.class);
        }
    }
}
