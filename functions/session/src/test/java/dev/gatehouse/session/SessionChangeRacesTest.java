// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.session.Attributes.Attribute;
import dev.gatehouse.session.Attributes.Attribute.Members;
import dev.gatehouse.session.Attributes.Attribute.Value;
import dev.gatehouse.session.Lookup.Found;
import dev.gatehouse.session.Patching.Patched;
import dev.gatehouse.session.Patching.VersionDiffers;
import dev.gatehouse.session.Rotation.Rotated;
import dev.gatehouse.testkit.DeepTest;
import dev.gatehouse.testkit.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Races of rotations and changes of one session: no write is lost. */
@DeepTest
class SessionChangeRacesTest extends SessionRace {

    @ParameterizedTest
    @EnumSource
    void rotatingTheSameTokenReturnsTheSameSuccessor(Where where) throws Exception {
        var race = new Object() {
            SessionToken token;
            Grace grace;
            final List<Rotation> rotations = new ArrayList<>();

            synchronized void add(Rotation rotation) {
                rotations.add(rotation);
            }
        };
        Racer rotating = round -> race.add(
                caller(where, ThreadLocalRandom.current().nextInt(LINKS)).rotate(race.token, race.grace));

        race(
                where.rounds / 2,
                round -> {
                    NOW.set(START);
                    race.token = begin(caller(where, round), new UserId("user-" + round), 1)
                            .getFirst();
                    race.grace = new Grace(round % 2 == 0 ? 10 : 0);
                    race.rotations.clear();
                },
                List.of(rotating, rotating, rotating, rotating, rotating, rotating),
                round -> {
                    var successors = race.rotations.stream()
                            .filter(Rotated.class::isInstance)
                            .map(rotation -> ((Rotated) rotation).token())
                            .toList();
                    assertThat(successors).hasSize(round % 2 == 0 ? 6 : 1);
                    assertThat(Set.copyOf(successors)).hasSize(1);
                    assertThat(successors).doesNotContain(race.token);
                    assertThat(caller(where, round).opens(successors.getFirst()))
                            .isTrue();
                    assertThat(caller(where, round).opens(race.token)).isEqualTo(round % 2 == 0);
                });
    }

    /** One caller repeats a rotation whose reply was lost, while another rotates the successor. */
    @ParameterizedTest
    @EnumSource
    void rotatingAgainDuringTheNextRotationReturnsTheSuccessorOrNothing(Where where) throws Exception {
        var race = new Object() {
            SessionToken first;
            SessionToken second;
            volatile Rotation again;
            volatile Rotation next;
        };
        var inTime = new AtomicInteger();
        var late = new AtomicInteger();

        race(
                where.rounds / 2,
                round -> {
                    NOW.set(START);
                    race.first = begin(caller(where, round), new UserId("user-" + round), 1)
                            .getFirst();
                    race.second = rotated(caller(where, round).rotate(race.first, Grace.DEFAULT));
                },
                List.of(
                        round -> race.again = caller(where, round + 1).rotate(race.first, Grace.DEFAULT),
                        round -> race.next = caller(where, round + 2).rotate(race.second, Grace.DEFAULT)),
                round -> {
                    if (race.again instanceof Rotated(var _, var token)) {
                        assertThat(token).isEqualTo(race.second);
                        inTime.incrementAndGet();
                    } else {
                        late.incrementAndGet();
                    }
                    var caller = caller(where, round);
                    assertThat(caller.opens(race.first)).isFalse();
                    assertThat(caller.opens(race.second)).isTrue();
                    assertThat(caller.opens(rotated(race.next))).isTrue();
                });

        assertThat(inTime).as("it was a race").hasPositiveValue();
        assertThat(late).as("it was a race").hasPositiveValue();
    }

    @ParameterizedTest
    @EnumSource
    void ofPatchesWithTheSameVersionExactlyOneTakesEffect(Where where) throws Exception {
        var race = new Object() {
            SessionId id;
            final List<Patching> patchings = new ArrayList<>();

            synchronized void add(Patching patching) {
                patchings.add(patching);
            }
        };
        Racer patching = round -> race.add(caller(
                        where, ThreadLocalRandom.current().nextInt(LINKS))
                .patch(race.id, member("by", ThreadLocalRandom.current().nextInt()), OptionalLong.of(round % 7 + 1)));

        race(
                where.rounds / 2,
                round -> {
                    NOW.set(START);
                    if (round % 7 == 0) {
                        race.id = begin(caller(where, round), new UserId("user-" + round), 1)
                                .getFirst()
                                .id();
                    }
                    race.patchings.clear();
                },
                List.of(patching, patching, patching, patching, patching, patching),
                round -> {
                    long version = round % 7 + 2;
                    var made = race.patchings.stream()
                            .filter(Patched.class::isInstance)
                            .map(one -> ((Patched) one).session())
                            .toList();
                    assertThat(made)
                            .singleElement()
                            .extracting(Session::version)
                            .isEqualTo(version);
                    assertThat(race.patchings)
                            .filteredOn(VersionDiffers.class::isInstance)
                            .hasSize(5)
                            .containsOnly(new VersionDiffers(version));
                    assertThat(caller(where, round).patch(race.id, member("x", 0), OptionalLong.of(1_000)))
                            .isEqualTo(new VersionDiffers(version));
                });
    }

    @ParameterizedTest
    @EnumSource
    void patchesWithoutAVersionAllTakeEffect(Where where) throws Exception {
        NOW.set(START);
        int threads = 8;
        int each = 25;
        for (int run = 0; run < where.rounds / 100; run++) {
            var user = new UserId("user-" + run);
            var id = begin(caller(where, run), user, 1).getFirst().id();
            var versions = ConcurrentHashMap.<Long>newKeySet();
            Threads.together(threads, thread -> {
                for (int i = 1; i <= each; i++) {
                    var patch = new Attributes(Map.of(
                            "thread-" + thread,
                            new Value(Integer.toString(i)),
                            "nested",
                            new Members(Map.of("thread-" + thread, new Value(Integer.toString(i))))));
                    var patching = caller(where, thread + i).patch(id, patch, OptionalLong.empty());
                    assertThat(patching).isInstanceOfSatisfying(Patched.class, patched -> {
                        assertThat(patched.session().attributes().members())
                                .containsAllEntriesOf(Map.of(
                                        "thread-" + thread, patch.members().get("thread-" + thread)));
                        versions.add(patched.session().version());
                    });
                }
            });

            assertThat(versions).hasSize(threads * each);
            var last = IntStream.range(0, threads)
                    .mapToObj(thread -> "thread-" + thread)
                    .collect(Collectors.toMap(name -> name, _ -> (Attribute) new Value(Integer.toString(each))));
            assertThat(caller(where, run).list(user)).singleElement().satisfies(session -> {
                assertThat(session.version()).isEqualTo(1 + threads * each);
                assertThat(session.attributes().members())
                        .containsAllEntriesOf(last)
                        .containsEntry("nested", new Members(last));
            });
        }
    }

    /** Exactly one of an elevation and a rotation of one token takes effect. Its token alone has the level. */
    @ParameterizedTest
    @EnumSource
    void anElevationAndARotationNeverShareASuccessor(Where where) throws Exception {
        var race = new Object() {
            SessionToken token;
            volatile Rotation elevation;
            volatile Rotation rotation;
        };
        var elevatedFirst = new AtomicInteger();
        var rotatedFirst = new AtomicInteger();

        race(
                where.rounds / 2,
                round -> {
                    NOW.set(START);
                    race.token = begin(caller(where, round), new UserId("user-" + round), 1)
                            .getFirst();
                },
                List.of(
                        round -> race.elevation = caller(where, round)
                                .elevate(race.token, new Rotation.Grant("strong", 300), Grace.DEFAULT),
                        round -> race.rotation = caller(where, round + 1).rotate(race.token, Grace.DEFAULT)),
                round -> {
                    var caller = caller(where, round);
                    assertThat(level(caller, race.token)).isNull();
                    if (race.elevation instanceof Rotated(var _, var elevated)) {
                        elevatedFirst.incrementAndGet();
                        assertThat(race.rotation).isEqualTo(new Rotation.Invalid());
                        assertThat(level(caller, elevated)).isNotNull();
                    } else {
                        rotatedFirst.incrementAndGet();
                        assertThat(level(caller, rotated(race.rotation))).isNull();
                    }
                });

        assertThat(elevatedFirst).as("it was a race").hasPositiveValue();
        assertThat(rotatedFirst).as("it was a race").hasPositiveValue();
    }

    @ParameterizedTest
    @EnumSource
    void noElevationRevivesARevokedSession(Where where) throws Exception {
        var race = new Object() {
            SessionToken token;
            final List<Rotation> elevations = new ArrayList<>();

            synchronized void add(Rotation elevation) {
                elevations.add(elevation);
            }
        };
        var elevatedFirst = new AtomicInteger();
        var revokedFirst = new AtomicInteger();
        Racer elevation = round ->
                race.add(caller(where, round).elevate(race.token, new Rotation.Grant("strong", 300), Grace.DEFAULT));

        race(
                where.rounds / 2,
                round -> {
                    NOW.set(START);
                    race.token = begin(caller(where, round), new UserId("user-" + round), 1)
                            .getFirst();
                    race.elevations.clear();
                },
                List.of(elevation, elevation, round -> assertThat(
                                caller(where, round + 1).revoke(race.token.id()))
                        .isOne()),
                round -> {
                    var caller = caller(where, round);
                    assertThat(caller.opens(race.token)).isFalse();
                    var elevated = race.elevations.stream()
                            .filter(Rotated.class::isInstance)
                            .map(SessionRace::rotated)
                            .distinct()
                            .toList();
                    assertThat(elevated).as("one successor").hasSizeLessThan(2).noneMatch(caller::opens);
                    (elevated.isEmpty() ? revokedFirst : elevatedFirst).incrementAndGet();
                });

        assertThat(elevatedFirst).as("it was a race").hasPositiveValue();
        assertThat(revokedFirst).as("it was a race").hasPositiveValue();
    }

    private static Session.Elevation level(Caller caller, SessionToken token) {
        return ((Found) caller.lookup(token, Touch.LOOK)).session().elevation();
    }

    /** Each operation writes its own part of the session only. */
    @ParameterizedTest
    @EnumSource
    void concurrentTouchPatchAndRotationAllTakeEffect(Where where) throws Exception {
        var race = new Object() {
            UserId user;
            SessionToken token;
            volatile SessionToken successor;
        };

        race(
                where.rounds / 2,
                round -> {
                    NOW.set(START);
                    race.user = new UserId("user-" + round);
                    race.token = begin(caller(where, round), race.user, 1).getFirst();
                    NOW.addAndGet(TWO_MINUTES);
                },
                List.of(
                        round -> caller(where, round).lookup(race.token, Touch.TOUCH),
                        round -> caller(where, round + 1)
                                .patch(race.token.id(), member("a", round), OptionalLong.empty()),
                        round -> race.successor =
                                rotated(caller(where, round + 2).rotate(race.token, Grace.DEFAULT))),
                round -> {
                    assertThat(caller(where, round).lookup(race.successor, Touch.LOOK))
                            .isInstanceOfSatisfying(Found.class, found -> {
                                var session = found.session();
                                assertThat(session.version()).isEqualTo(2);
                                assertThat(session.attributes()).isEqualTo(member("a", round));
                                assertThat(session.lastSeenAt())
                                        .isEqualTo(session.createdAt().plusSeconds(120));
                                assertThat(session.idleExpiresAt())
                                        .isEqualTo(session.lastSeenAt().plusSeconds(1800));
                            });
                    assertThat(caller(where, round).opens(race.token)).isTrue();
                });
    }

    /** A reused token ends the session, also if the current token was replaced before. */
    @ParameterizedTest
    @EnumSource
    void noChangeRevivesASessionThatAReusedTokenEnded(Where where) throws Exception {
        var race = new Object() {
            UserId user;
            SessionToken old;
            SessionToken current;
            volatile Lookup reuse;
            volatile Rotation rotation;
        };
        var endedFirst = new AtomicInteger();
        var rotatedFirst = new AtomicInteger();

        race(
                where.rounds / 2,
                round -> {
                    NOW.set(START);
                    race.user = new UserId("user-" + round);
                    race.old = begin(caller(where, round), race.user, 1).getFirst();
                    race.current = rotated(caller(where, round).rotate(race.old, new Grace(0)));
                    NOW.addAndGet(TWO_MINUTES);
                },
                List.of(
                        round -> race.reuse = new Caller(
                                        new RedisSessions(where.links.getFirst(), TokenReuse.REVOKE), tenant)
                                .lookup(race.old, Touch.TOUCH),
                        round -> caller(where, round).lookup(race.current, Touch.TOUCH),
                        round -> caller(where, round + 1)
                                .patch(race.current.id(), member("a", round), OptionalLong.empty()),
                        round -> race.rotation = caller(where, round + 2).rotate(race.current, Grace.DEFAULT)),
                round -> {
                    var caller = caller(where, round);
                    assertThat(race.reuse).isEqualTo(new Lookup.Reused());
                    assertThat(caller.list(race.user)).isEmpty();
                    if (race.rotation instanceof Rotation.Rotated(var _, var successor)) {
                        rotatedFirst.incrementAndGet();
                        assertThat(caller.opens(successor)).isFalse();
                    } else {
                        endedFirst.incrementAndGet();
                        assertThat(race.rotation).isEqualTo(new Rotation.Invalid());
                    }
                });

        assertThat(endedFirst).as("it was a race").hasPositiveValue();
        assertThat(rotatedFirst).as("it was a race").hasPositiveValue();
    }
}
