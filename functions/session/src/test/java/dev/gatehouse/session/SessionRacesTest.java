// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.session.Creation.Created;
import dev.gatehouse.session.Lookup.Found;
import dev.gatehouse.session.Patching.Patched;
import dev.gatehouse.session.Rotation.Rotated;
import dev.gatehouse.session.SessionRequest.OnLimit;
import dev.gatehouse.testkit.DeepTest;
import dev.gatehouse.testkit.Threads;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Races of creations, touches and changes against the end of a session: an ended session stays ended. */
@DeepTest
class SessionRacesTest extends SessionRace {

    /** The ways in which all sessions of a user end. */
    private enum Ending {
        REVOKED {
            @Override
            void end(Caller caller, UserId user, List<SessionToken> sessions) {
                sessions.forEach(token -> assertThat(caller.revoke(token.id())).isEqualTo(1));
            }
        },
        ALL_REVOKED {
            @Override
            void end(Caller caller, UserId user, List<SessionToken> sessions) {
                assertThat(caller.revokeAll(user, Optional.empty())).isEqualTo(sessions.size());
            }
        },
        EVICTED {
            @Override
            void end(Caller caller, UserId user, List<SessionToken> sessions) {
                assertThat(caller.create(request(user, 1, OnLimit.EVICT_OLDEST)))
                        .isInstanceOfSatisfying(Created.class, created -> assertThat(created.evicted())
                                .isEqualTo(sessions.size()));
            }
        };

        abstract void end(Caller caller, UserId user, List<SessionToken> sessions);
    }

    static Stream<Arguments> endingsEverywhere() {
        return Stream.of(Where.values())
                .flatMap(where -> Stream.of(Ending.values()).map(ending -> Arguments.of(where, ending)));
    }

    /** During the race a touch is due, and the grace period is long. */
    @ParameterizedTest
    @MethodSource("endingsEverywhere")
    void changesDuringARevocationBringNothingBack(Where where, Ending ending) throws Exception {
        var race = new Object() {
            UserId user;
            List<SessionToken> sessions;
            final AtomicBoolean over = new AtomicBoolean();
            final Set<SessionToken> returned = ConcurrentHashMap.newKeySet();
        };
        var changedFirst = new AtomicInteger();
        var endedFirst = new AtomicInteger();

        race(
                where.rounds,
                round -> {
                    NOW.set(START);
                    race.user = new UserId("user-" + round);
                    race.sessions = begin(caller(where, round), race.user, 2);
                    race.returned.clear();
                    race.returned.addAll(race.sessions);
                    race.over.set(false);
                    NOW.set(START + TWO_MINUTES);
                },
                List.of(
                        round -> {
                            ending.end(caller(where, round), race.user, race.sessions);
                            race.over.set(true);
                        },
                        round -> {
                            for (var token : both(both(race.sessions))) {
                                boolean over = race.over.get();
                                var lookup = caller(where, round + 1).lookup(token, Touch.TOUCH);
                                assertThat(over && lookup instanceof Found)
                                        .as("found after its end")
                                        .isFalse();
                            }
                        },
                        round -> {
                            for (var token : both(race.sessions)) {
                                boolean over = race.over.get();
                                var patching = caller(where, round + 2)
                                        .patch(token.id(), member("a", round), OptionalLong.empty());
                                assertThat(over && patching instanceof Patched)
                                        .as("changed after its end")
                                        .isFalse();
                            }
                        },
                        round -> {
                            for (var token : race.sessions) {
                                boolean over = race.over.get();
                                var rotation = caller(where, round + 1).rotate(token, new Grace(600));
                                if (rotation instanceof Rotated(var _, var successor)) {
                                    assertThat(over).as("rotated after its end").isFalse();
                                    changedFirst.incrementAndGet();
                                    race.returned.add(successor);
                                    if (caller(where, round + 2).rotate(successor, new Grace(600))
                                            instanceof Rotated(var _, var next)) {
                                        race.returned.add(next);
                                    }
                                } else {
                                    endedFirst.incrementAndGet();
                                }
                            }
                        }),
                round -> {
                    var caller = caller(where, round);
                    for (var token : race.returned) {
                        assertThat(caller.lookup(token, Touch.TOUCH)).isEqualTo(new Lookup.Invalid());
                        assertThat(caller.rotate(token, new Grace(600))).isEqualTo(new Rotation.Invalid());
                    }
                    for (var token : race.sessions) {
                        assertThat(caller.patch(token.id(), Attributes.NONE, OptionalLong.empty()))
                                .isEqualTo(new Patching.Absent());
                        assertThat(caller.revoke(token.id())).isZero();
                    }
                    assertThat(caller.list(race.user)).hasSize(ending == Ending.EVICTED ? 1 : 0);
                });

        assertThat(changedFirst).as("it was a race").hasPositiveValue();
        assertThat(endedFirst).as("it was a race").hasPositiveValue();
    }

    /** Each session, old or new, has been revoked, has been evicted or is live: exactly one of these. */
    @ParameterizedTest
    @EnumSource
    void racingCreationsEvictionsAndRevocationsEndEachSessionOnce(Where where) throws Exception {
        var race = new Object() {
            UserId user;
            List<SessionToken> sessions;
            final Set<SessionToken> created = ConcurrentHashMap.newKeySet();
            final AtomicInteger evicted = new AtomicInteger();
            final AtomicInteger revoked = new AtomicInteger();

            void create(Caller caller) {
                var request = request(user, 3, OnLimit.EVICT_OLDEST);
                assertThat(caller.create(request)).isInstanceOfSatisfying(Created.class, creation -> {
                    evicted.addAndGet(creation.evicted());
                    created.add(request.token());
                });
            }
        };
        Racer creating = round -> {
            race.create(caller(where, round));
            race.create(caller(where, round + 1));
        };
        var evictions = new AtomicInteger();
        var foundToRevoke = new AtomicInteger();

        race(
                where.rounds,
                round -> {
                    NOW.set(START);
                    race.user = new UserId("user-" + round);
                    race.sessions = begin(caller(where, round), race.user, 3);
                    race.created.clear();
                    race.evicted.set(0);
                    race.revoked.set(0);
                    NOW.set(START + TWO_MINUTES);
                },
                List.of(
                        creating,
                        creating,
                        round -> {
                            var caller = caller(where, round + 2);
                            race.revoked.addAndGet(
                                    round % 2 == 0
                                            ? caller.revokeAll(race.user, Optional.empty())
                                            : caller.revoke(
                                                    race.sessions.get(round % 3).id()));
                        },
                        round -> race.sessions.forEach(token -> {
                            caller(where, round).lookup(token, Touch.TOUCH);
                            caller(where, round).patch(token.id(), member("a", round), OptionalLong.empty());
                            caller(where, round).rotate(token, Grace.DEFAULT);
                        })),
                round -> {
                    var caller = caller(where, round + 1);
                    var live = caller.list(race.user);
                    assertThat(live).hasSizeLessThanOrEqualTo(3);
                    assertThat(live.size() + race.evicted.get() + race.revoked.get())
                            .isEqualTo(race.sessions.size() + race.created.size());
                    assertThat(race.created.stream().filter(caller::opens).count()
                                    + race.sessions.stream()
                                            .filter(token -> caller.revoke(token.id()) == 1)
                                            .count())
                            .as("what is listed is there")
                            .isEqualTo(live.size());
                    if (round % 2 == 0) {
                        assertThat(live)
                                .extracting(Session::id)
                                .doesNotContainAnyElementsOf(race.sessions.stream()
                                        .map(SessionToken::id)
                                        .toList());
                    }
                    evictions.addAndGet(race.evicted.get());
                    foundToRevoke.addAndGet(race.revoked.get());
                });

        assertThat(evictions).hasPositiveValue();
        assertThat(foundToRevoke).hasPositiveValue();
    }

    @ParameterizedTest
    @EnumSource
    void sixteenConcurrentCreatorsNeverExceedTheMaximum(Where where) throws Exception {
        int most = 5;
        NOW.set(START);
        for (int run = 0; run < where.rounds / 100; run++) {
            var user = new UserId("evicting-" + run);
            var atWork = new AtomicInteger(16);
            var evicted = new AtomicInteger();
            Threads.together(17, thread -> {
                if (thread == 16) {
                    while (atWork.get() > 0) {
                        assertThat(caller(where, 1).list(user)).hasSizeLessThanOrEqualTo(most);
                    }
                    return;
                }
                try {
                    for (int i = 0; i < 20; i++) {
                        NOW.incrementAndGet();
                        if (caller(where, thread).create(request(user, most, OnLimit.EVICT_OLDEST))
                                instanceof Created(var _, var ended)) {
                            evicted.addAndGet(ended);
                        }
                    }
                } finally {
                    atWork.decrementAndGet();
                }
            });

            assertThat(caller(where, run).list(user)).hasSize(most);
            assertThat(evicted).hasValue(16 * 20 - most);
        }
        for (int run = 0; run < where.rounds / 25; run++) {
            var user = new UserId("rejecting-" + run);
            var created = new AtomicInteger();
            Threads.together(16, thread -> {
                if (caller(where, thread).create(request(user, most, OnLimit.REJECT)) instanceof Created) {
                    created.incrementAndGet();
                }
            });

            assertThat(created).hasValue(most);
            assertThat(caller(where, run).list(user)).hasSize(most);
        }
    }

    @ParameterizedTest
    @EnumSource
    void oneRequestSentConcurrentlyCreatesOneSession(Where where) throws Exception {
        var race = new Object() {
            SessionRequest request;
            final Set<Session> returned = ConcurrentHashMap.newKeySet();
        };
        Racer creation =
                round -> assertThat(caller(where, ThreadLocalRandom.current().nextInt(LINKS))
                                .create(race.request))
                        .isInstanceOfSatisfying(Created.class, created -> race.returned.add(created.session()));

        race(
                where.rounds / 2,
                round -> {
                    NOW.set(START);
                    race.request = request(new UserId("user-" + round), 1, OnLimit.REJECT);
                    race.returned.clear();
                },
                List.of(creation, creation, creation, creation),
                round -> {
                    assertThat(race.returned).hasSize(1);
                    assertThat(caller(where, round).list(race.request.userId()))
                            .containsExactlyElementsOf(race.returned);
                });
    }
}
