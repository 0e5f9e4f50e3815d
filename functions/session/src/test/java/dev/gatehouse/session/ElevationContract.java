// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.session.Lookup.Found;
import dev.gatehouse.session.Rotation.Grant;
import dev.gatehouse.session.Session.Elevation;
import dev.gatehouse.session.SessionRequest.OnLimit;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The part of the contract of {@link SessionStore} about the certainty of a session, its actor and its takeover. */
abstract class ElevationContract extends SessionChangesContract {

    private Rotation elevate(SessionToken token, String level, long seconds, long graceSeconds) {
        return decided(
                sessions().elevate(tenant, token, new Grant(level, seconds), new Grace(graceSeconds), patience()));
    }

    private Elevation level(SessionToken token) {
        return found(look(token)).elevation();
    }

    @Test
    void anElevatedSessionHasItsLevelUntilTheEndExclusive() {
        var token = begin(ADA).token();
        var before = found(look(token));
        assertThat(before.authenticatedAt()).isEqualTo(before.createdAt());
        assertThat(before.elevation()).isNull();
        pass(10 * SECOND);

        var elevated = rotated(elevate(token, "strong", 300, 10));

        var session = elevated.session();
        assertThat(session.elevation()).isEqualTo(new Elevation("strong", in(300)));
        assertThat(session.authenticatedAt()).isEqualTo(in(0));
        assertThat(session)
                .usingRecursiveComparison()
                .ignoringFields("elevation", "authenticatedAt")
                .isEqualTo(before);
        assertThat(elevated.token().id()).isEqualTo(token.id());
        assertThat(elevated.token()).isNotEqualTo(token);
        assertThat(look(elevated.token())).isEqualTo(new Found(session));
        assertThat(list(ADA)).containsExactly(session);
        pass(300 * SECOND - 1);
        assertThat(level(elevated.token())).isNotNull();
        pass(1);
        assertThat(level(elevated.token())).isNull();
        assertThat(list(ADA)).extracting(Session::elevation).containsOnlyNulls();
        assertThat(patched(patch(token.id(), members("n", "1"))).elevation()).isNull();
        assertThat(found(look(elevated.token())).authenticatedAt()).isEqualTo(in(-300));
    }

    /** A stolen token gains nothing by the elevation, within its grace period or after. */
    @Test
    void onlyTheNewTokenHasTheLevel() {
        var stolen = begin(ADA).token();
        var before = found(look(stolen));
        pass(SECOND);
        var elevated = rotated(elevate(stolen, "strong", 300, 10)).token();

        assertThat(found(look(stolen))).isEqualTo(before);
        assertThat(found(lookup(stolen))).isEqualTo(before);
        assertThat(rotate(stolen, 10)).isEqualTo(new Rotation.Invalid());
        assertThat(elevate(stolen, "admin", 300, 10)).isEqualTo(new Rotation.Invalid());
        assertThat(found(look(stolen))).isEqualTo(before);
        assertThat(level(elevated)).isEqualTo(new Elevation("strong", in(300)));

        pass(10 * SECOND);
        assertThat(look(stolen)).isEqualTo(new Lookup.Reused());
        assertThat(rotate(stolen, 10)).isEqualTo(new Rotation.Reused());
        assertThat(elevate(stolen, "strong", 300, 10)).isEqualTo(new Rotation.Reused());
        assertThat(level(elevated)).isEqualTo(new Elevation("strong", in(290)));
    }

    @Test
    void anElevationCanBeRepeatedWithinTheGraceWithoutProlongingTheLevel() {
        var token = begin(ADA).token();
        var first = rotated(elevate(token, "strong", 300, 10));
        pass(9 * SECOND);

        assertThat(rotated(elevate(token, "strong", 600, 100))).isEqualTo(first);

        pass(SECOND);
        assertThat(elevate(token, "strong", 300, 10)).isEqualTo(new Rotation.Reused());
    }

    /** The holder of its successor may be another. */
    @Test
    void aReplacedTokenIsNotElevated() {
        var token = begin(ADA).token();
        var successor = rotated(rotate(token, 10)).token();

        assertThat(elevate(token, "strong", 300, 10)).isEqualTo(new Rotation.Invalid());

        assertThat(level(successor)).isNull();
        assertThat(level(token)).isNull();
        assertThat(rotated(rotate(token, 10)).token()).isEqualTo(successor);
        assertThat(level(rotated(elevate(successor, "strong", 300, 10)).token()))
                .isNotNull();
    }

    @Test
    void aRotationPassesTheLevelOnAndTheOldTokenKeepsItInItsGrace() {
        var elevated = rotated(elevate(begin(ADA).token(), "strong", 300, 0)).token();
        pass(100 * SECOND);
        var rotated = rotated(rotate(elevated, HOUR));

        assertThat(rotated.session().elevation()).isEqualTo(new Elevation("strong", in(200)));
        assertThat(rotated.session().authenticatedAt()).isEqualTo(in(-100));
        assertThat(look(elevated)).isEqualTo(look(rotated.token()));
        assertThat(rotated(rotate(elevated, 10))).isEqualTo(rotated);
        pass(200 * SECOND);
        assertThat(level(elevated)).isNull();
        assertThat(level(rotated.token())).isNull();
        assertThat(rotated(rotate(elevated, 10)).session().elevation()).isNull();
        assertThat(rotated(rotate(rotated.token(), 10)).session().elevation()).isNull();
    }

    @Test
    void anotherElevationReplacesTheLevelOfTheNewTokenOnly() {
        var strong = rotated(elevate(begin(ADA).token(), "strong", 300, 0)).token();
        pass(100 * SECOND);
        var admin = rotated(elevate(strong, "admin", 50, HOUR));

        assertThat(admin.session().elevation()).isEqualTo(new Elevation("admin", in(50)));
        assertThat(admin.session().authenticatedAt()).isEqualTo(in(0));
        assertThat(level(strong)).isEqualTo(new Elevation("strong", in(200)));
        assertThat(found(look(strong)).authenticatedAt()).isEqualTo(in(-100));
        pass(50 * SECOND);
        assertThat(level(admin.token())).isNull();
        assertThat(level(strong)).isEqualTo(new Elevation("strong", in(150)));
    }

    @Test
    void aLevelEndsWithItsSession() {
        var elevated = rotated(elevate(begin(ADA, 1000, 100).token(), "strong", Grant.MAX_SECONDS, 10));
        assertThat(elevated.session().elevation()).isEqualTo(new Elevation("strong", in(100)));
        pass(100 * SECOND);
        assertEnded(elevated.token());
        assertThat(elevate(elevated.token(), "strong", 1, 1)).isEqualTo(new Rotation.Invalid());

        var idle = rotated(elevate(begin(ADA, 100, DAY).token(), "strong", 300, 10))
                .token();
        pass(100 * SECOND);
        assertEnded(idle);
        assertThat(elevate(SessionToken.random(ADA), "strong", 1, 1)).isEqualTo(new Rotation.Invalid());
    }

    @Test
    void touchesAndPatchesKeepLevelAndActor() {
        var request = request(ADA, members("n", "0"), PHONE).withActor(GRACE);
        assertThat(created(create(request)).actor()).isEqualTo(GRACE);
        assertThat(create(request)).isEqualTo(create(request));
        var token = rotated(elevate(request.token(), "strong", 1000, 10)).token();
        pass(120 * SECOND);

        var touched = found(lookup(token));

        assertThat(touched.lastSeenAt()).isEqualTo(in(0));
        assertThat(touched.elevation()).isEqualTo(new Elevation("strong", in(880)));
        var patched = patched(patch(token.id(), members("n", "1")));
        assertThat(patched.elevation()).isEqualTo(touched.elevation());
        assertThat(List.of(touched, patched, found(look(token)), list(ADA).getFirst()))
                .extracting(Session::actor)
                .containsOnly(GRACE);
        assertThat(look(token)).isEqualTo(new Found(patched));
    }

    @Test
    void aLevelGoesBackWithTheClock() {
        var token = rotated(elevate(begin(ADA).token(), "strong", 300, HOUR)).token();
        var listed = rotated(elevate(begin(GRACE).token(), "strong", 300, HOUR));
        pass(-HOUR * SECOND);

        assertThat(list(GRACE).getFirst().elevation()).isEqualTo(new Elevation("strong", in(300)));
        assertThat(list(GRACE).getFirst().authenticatedAt()).isEqualTo(in(0));
        assertThat(found(look(listed.token()))).isEqualTo(list(GRACE).getFirst());
        assertThat(level(token)).isEqualTo(new Elevation("strong", in(300)));
        assertThat(found(look(token)).authenticatedAt()).isEqualTo(in(0));
        pass(300 * SECOND);
        assertThat(level(token)).isNull();
    }

    @Test
    void aSessionsOwnReactionToReuseReplacesThatOfTheStore() {
        for (var onReuse : TokenReuse.values()) {
            for (var own : TokenReuse.values()) {
                var caller = new Caller(sessions(onReuse), tenant);
                var request = request(ADA, Attributes.NONE, Device.UNKNOWN).withOnReuse(own);
                created(caller.create(request));
                var successor =
                        rotated(caller.rotate(request.token(), new Grace(0))).token();
                var other = rotated(caller.rotate(successor, new Grace(0))).token();

                assertThat(caller.lookup(request.token(), Touch.LOOK)).isEqualTo(new Lookup.Reused());
                assertThat(caller.opens(other)).isEqualTo(own == TokenReuse.LOG);
                if (own == TokenReuse.LOG) {
                    assertThat(caller.rotate(successor, new Grace(0))).isEqualTo(new Rotation.Reused());
                    assertThat(caller.opens(other)).isTrue();
                }
            }
        }
    }

    private Creation create(SessionRequest request, SessionToken from) {
        return decided(sessions().create(tenant, request, from, patience()));
    }

    @Test
    void aSessionThatTakesOverAnotherHasItsAttributesAndEndsIt() {
        var visitor = begin(GRACE, members("cart", "[1]", "theme", "\"dark\"", "role", "\"none\""))
                .token();
        var request = request(ADA, members("role", "\"admin\"", "n", "null"), PHONE);

        var created = created(create(request, visitor));

        assertThat(created.attributes())
                .isEqualTo(members("cart", "[1]", "theme", "\"dark\"", "role", "\"admin\"", "n", "null"));
        assertThat(created.userId()).isEqualTo(ADA);
        assertThat(look(request.token())).isEqualTo(new Found(created));
        assertEnded(visitor);
        assertThat(list(GRACE)).isEmpty();
    }

    @Test
    void aRefusedSessionTakesNothingOver() {
        var visitor = begin(GRACE, members("cart", "x".repeat(3000))).token();
        begin(ADA);

        assertThat(create(request(ADA, 1, OnLimit.REJECT), visitor)).isEqualTo(new Creation.LimitReached());
        assertThat(create(request(ADA, members("more", "x".repeat(2000)), PHONE), visitor))
                .isEqualTo(new Creation.TooLarge());

        assertThat(found(look(visitor)).attributes()).isEqualTo(members("cart", "x".repeat(3000)));
        assertThat(list(ADA)).hasSize(1);
    }

    @Test
    void aTokenThatOpensNothingIsNotTakenOver() {
        var ended = begin(GRACE, members("cart", "[]")).token();
        revoke(ended.id());
        var live = begin(GRACE, members("cart", "[]")).token();
        var guessed = new SessionToken(live.id(), SessionToken.random(GRACE).secret());

        for (var from : List.of(ended, guessed, SessionToken.random(GRACE))) {
            assertThat(created(create(request(ADA, members("n", "1"), PHONE), from))
                            .attributes())
                    .isEqualTo(members("n", "1"));
        }
        assertThat(look(live)).isInstanceOf(Found.class);
    }

    @Test
    void aUserMayTakeOverTheirOwnSession() {
        var old = begin(ADA, members("cart", "[1]")).token();

        var created = created(create(request(ADA, members("n", "1"), PHONE), old));

        assertThat(list(ADA)).containsExactly(created);
        assertThat(created.attributes()).isEqualTo(members("cart", "[1]", "n", "1"));
    }
}
