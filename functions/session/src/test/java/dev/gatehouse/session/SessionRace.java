// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.redis.LinkOnClock;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.session.Attributes.Attribute.Value;
import dev.gatehouse.session.Creation.Created;
import dev.gatehouse.session.Rotation.Rotated;
import dev.gatehouse.session.SessionRequest.OnLimit;
import dev.gatehouse.testkit.Rounds;
import dev.gatehouse.testkit.Threads;
import dev.gatehouse.testkit.redis.RedisCluster;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Races on the same sessions, on one server and on a cluster, over several connections. */
@ResourceLock("SessionRace") // Its classes share the links.
abstract class SessionRace {

    static final long START = 1_790_000_000_000_000L;
    static final long TWO_MINUTES = 120_000_000;
    static final AtomicLong NOW = new AtomicLong(START);

    /** The number of connections, one per simulated process. */
    static final int LINKS = 3;

    static final List<RedisLink> LINKS_TO_SERVER = new ArrayList<>();
    static final List<RedisLink> LINKS_TO_CLUSTER = new ArrayList<>();

    static RedisProcess redis;
    static RedisCluster cluster;

    final String tenant = "tenant-" + UUID.randomUUID();

    enum Where {
        SERVER(Rounds.of(200, 2_000), LINKS_TO_SERVER),
        CLUSTER(Rounds.of(200, 1_500), LINKS_TO_CLUSTER);

        final int rounds;
        final List<RedisLink> links;

        Where(int rounds, List<RedisLink> links) {
            this.rounds = rounds;
            this.links = links;
        }
    }

    interface Racer {
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
        LINKS_TO_SERVER.clear();
        LINKS_TO_CLUSTER.clear();
    }

    /** Runs the race repeatedly: a preparation, all racers at once, then a check. */
    static void race(int rounds, Racer before, List<Racer> racers, Racer after) throws Exception {
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

    Caller caller(Where where, int number) {
        return new Caller(new RedisSessions(where.links.get(number % LINKS)), tenant);
    }

    /** Creates the user's first sessions in sequence. */
    static List<SessionToken> begin(Caller caller, UserId user, int number) {
        var tokens = new ArrayList<SessionToken>();
        for (int i = 0; i < number; i++) {
            NOW.incrementAndGet();
            var request = request(user, SessionRequest.MOST_SESSIONS, OnLimit.REJECT);
            assertThat(caller.create(request)).isInstanceOf(Created.class);
            tokens.add(request.token());
        }
        return tokens;
    }

    static SessionRequest request(UserId user, int maxSessions, OnLimit onLimit) {
        return SessionRequest.of(
                user,
                Attributes.NONE,
                Device.UNKNOWN,
                SessionRequest.DEFAULT_IDLE_SECONDS,
                SessionRequest.DEFAULT_ABSOLUTE_SECONDS,
                maxSessions,
                onLimit);
    }

    static Attributes member(String name, int value) {
        return new Attributes(Map.of(name, new Value(Integer.toString(value))));
    }

    static SessionToken rotated(Rotation rotation) {
        assertThat(rotation).isInstanceOf(Rotated.class);
        return ((Rotated) rotation).token();
    }

    static <T> List<T> both(List<T> once) {
        return Stream.concat(once.stream(), once.stream()).toList();
    }
}
