package dev.gatehouse.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.redis.LinkOnClock;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.session.Attributes.Attribute;
import dev.gatehouse.session.Attributes.Attribute.Members;
import dev.gatehouse.session.Attributes.Attribute.Value;
import dev.gatehouse.session.Creation.Created;
import dev.gatehouse.session.Lookup.Found;
import dev.gatehouse.session.Patching.Patched;
import dev.gatehouse.session.Patching.VersionDiffers;
import dev.gatehouse.session.Rotation.Rotated;
import dev.gatehouse.session.SessionRequest.OnLimit;
import dev.gatehouse.testkit.DeepTest;
import dev.gatehouse.testkit.Rounds;
import dev.gatehouse.testkit.Threads;
import dev.gatehouse.testkit.redis.RedisCluster;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Races of operations on the same sessions: an ended session stays ended, and no write is lost. */
@DeepTest
class SessionRacesTest {

    private static final long START = 1_790_000_000_000_000L;
    private static final long TWO_MINUTES = 120_000_000;
    private static final AtomicLong NOW = new AtomicLong(START);

    /** As so many processes, each with its own connection. */
    private static final int LINKS = 3;

    private static final List<RedisLink> LINKS_TO_SERVER = new ArrayList<>();
    private static final List<RedisLink> LINKS_TO_CLUSTER = new ArrayList<>();

    private static RedisProcess redis;
    private static RedisCluster cluster;

    private final String tenant = "tenant-" + UUID.randomUUID();

    private enum Where {
        SERVER(Rounds.of(200, 2_000), LINKS_TO_SERVER),
        CLUSTER(Rounds.of(200, 1_500), LINKS_TO_CLUSTER);

        private final int rounds;
        private final List<RedisLink> links;

        Where(int rounds, List<RedisLink> links) {
            this.rounds = rounds;
            this.links = links;
        }
    }

    /** How the sessions of a user end, all there are. */
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

    private interface Racer {
        void run(int round);
    }

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        cluster = RedisCluster.start();
        var ports = cluster.masters().stream().map(RedisProcess::port).toList();
        for (int i = 0; i < LINKS; i++) {
            LINKS_TO_SERVER.add(LinkOnClock.toServer(redis.port(), NOW::get));
            LINKS_TO_CLUSTER.add(LinkOnClock.toCluster(ports, NOW::get));
        }
    }

    @AfterAll
    static void stop() {
        Stream.of(LINKS_TO_SERVER, LINKS_TO_CLUSTER).flatMap(List::stream).forEach(RedisLink::close);
        redis.close();
        cluster.close();
    }

    static Stream<Arguments> endingsEverywhere() {
        return Stream.of(Where.values())
                .flatMap(where -> Stream.of(Ending.values()).map(ending -> Arguments.of(where, ending)));
    }

    /** At the time of the race a touch is due to be written, and the grace of what is rotated is long. */
    @ParameterizedTest
    @MethodSource("endingsEverywhere")
    void whatIsTouchedPatchedAndRotatedWhileItEndsDoesNotComeBack(Where where, Ending ending) throws Exception {
        var race = new Object() {
            UserId user;
            List<SessionToken> sessions;
            final AtomicBoolean over = new AtomicBoolean();
            final Set<SessionToken> told = ConcurrentHashMap.newKeySet();
        };
        var changedFirst = new AtomicInteger();
        var endedFirst = new AtomicInteger();

        race(
                where.rounds,
                round -> {
                    NOW.set(START);
                    race.user = new UserId("user-" + round);
                    race.sessions = begin(caller(where, round), race.user, 2);
                    race.told.clear();
                    race.told.addAll(race.sessions);
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
                                    race.told.add(successor);
                                    if (caller(where, round + 2).rotate(successor, new Grace(600))
                                            instanceof Rotated(var _, var next)) {
                                        race.told.add(next);
                                    }
                                } else {
                                    endedFirst.incrementAndGet();
                                }
                            }
                        }),
                round -> {
                    var caller = caller(where, round);
                    for (var token : race.told) {
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

    /** What was there, and what was created, has been revoked or evicted or is there still: each once. */
    @ParameterizedTest
    @EnumSource
    void ofSessionsThatAreCreatedEvictedAndRevokedAtTheSameTimeEachEndsOnceAndStaysSo(Where where) throws Exception {
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
    void sixteenThatCreateNeverHaveMoreThanAUserMayHave(Where where) throws Exception {
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
    void oneRequestThatIsMadeByManyAtOnceIsOneSession(Where where) throws Exception {
        var race = new Object() {
            SessionRequest request;
            final Set<Session> told = ConcurrentHashMap.newKeySet();
        };
        Racer asking =
                round -> assertThat(caller(where, ThreadLocalRandom.current().nextInt(LINKS))
                                .create(race.request))
                        .isInstanceOfSatisfying(Created.class, created -> race.told.add(created.session()));

        race(
                where.rounds / 2,
                round -> {
                    NOW.set(START);
                    race.request = request(new UserId("user-" + round), 1, OnLimit.REJECT);
                    race.told.clear();
                },
                List.of(asking, asking, asking, asking),
                round -> {
                    assertThat(race.told).hasSize(1);
                    assertThat(caller(where, round).list(race.request.userId())).containsExactlyElementsOf(race.told);
                });
    }

    @ParameterizedTest
    @EnumSource
    void whoeverRotatesTheSameTokenIsToldTheSameSuccessor(Where where) throws Exception {
        var race = new Object() {
            SessionToken token;
            Grace grace;
            final List<Rotation> rotations = new ArrayList<>();

            synchronized void told(Rotation rotation) {
                rotations.add(rotation);
            }
        };
        Racer rotating = round -> race.told(
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

    /** One asks again for what it did not hear, while the one that heard goes on. */
    @ParameterizedTest
    @EnumSource
    void aTokenThatIsRotatedAgainWhileItsSuccessorIsRotatedTellsTheSuccessorOrNothing(Where where) throws Exception {
        var race = new Object() {
            SessionToken first;
            SessionToken second;
            volatile Rotation again;
            volatile Rotation next;
        };
        var told = new AtomicInteger();
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
                        told.incrementAndGet();
                    } else {
                        late.incrementAndGet();
                    }
                    var caller = caller(where, round);
                    assertThat(caller.opens(race.first)).isFalse();
                    assertThat(caller.opens(race.second)).isTrue();
                    assertThat(caller.opens(rotated(race.next))).isTrue();
                });

        assertThat(told).as("it was a race").hasPositiveValue();
        assertThat(late).as("it was a race").hasPositiveValue();
    }

    @ParameterizedTest
    @EnumSource
    void ofChangesThatNameTheSameVersionExactlyOneIsMade(Where where) throws Exception {
        var race = new Object() {
            SessionId id;
            final List<Patching> patchings = new ArrayList<>();

            synchronized void told(Patching patching) {
                patchings.add(patching);
            }
        };
        Racer patching = round -> race.told(caller(
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
    void changesThatNameNoVersionAreAllMade(Where where) throws Exception {
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

    /** Each writes a part of the session, and none with it what it read of the other parts. */
    @ParameterizedTest
    @EnumSource
    void aTouchAPatchAndARotationAtTheSameTimeLoseNothingOfEachOther(Where where) throws Exception {
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

    /** So often: all at once between what is done before and after by one of them. */
    private static void race(int rounds, Racer before, List<Racer> racers, Racer after) throws Exception {
        var barrier = new CyclicBarrier(racers.size());
        Threads.together(racers.size(), thread -> {
            for (int round = 0; round < rounds; round++) {
                if (thread == 0) {
                    before.run(round);
                }
                barrier.await(60, TimeUnit.SECONDS);
                LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(150_000));
                racers.get(thread).run(round);
                barrier.await(60, TimeUnit.SECONDS);
                if (thread == 0) {
                    after.run(round);
                }
            }
        });
    }

    private Caller caller(Where where, int number) {
        return new Caller(new RedisSessions(where.links.get(number % LINKS)), tenant);
    }

    /** The user's first sessions, one after the other. */
    private static List<SessionToken> begin(Caller caller, UserId user, int number) {
        var tokens = new ArrayList<SessionToken>();
        for (int i = 0; i < number; i++) {
            NOW.incrementAndGet();
            var request = request(user, SessionRequest.MOST_SESSIONS, OnLimit.REJECT);
            assertThat(caller.create(request)).isInstanceOf(Created.class);
            tokens.add(request.token());
        }
        return tokens;
    }

    private static SessionRequest request(UserId user, int maxSessions, OnLimit onLimit) {
        return SessionRequest.of(
                user,
                Attributes.NONE,
                Device.UNKNOWN,
                SessionRequest.DEFAULT_IDLE_SECONDS,
                SessionRequest.DEFAULT_ABSOLUTE_SECONDS,
                maxSessions,
                onLimit);
    }

    private static Attributes member(String name, int value) {
        return new Attributes(Map.of(name, new Value(Integer.toString(value))));
    }

    private static SessionToken rotated(Rotation rotation) {
        assertThat(rotation).isInstanceOf(Rotated.class);
        return ((Rotated) rotation).token();
    }

    private static <T> List<T> both(List<T> once) {
        return Stream.concat(once.stream(), once.stream()).toList();
    }
}
