// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.apikeys;

import static dev.gatehouse.apikeys.KeyCaller.ACME;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.apikeys.KeyCaller.Made;
import dev.gatehouse.redis.LinkOnClock;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.testkit.DeepTest;
import dev.gatehouse.testkit.Rounds;
import dev.gatehouse.testkit.Threads;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Races on the same keys over several connections. */
@DeepTest
class KeyRacesTest {

    private static final int ROUNDS = Rounds.of(150, 10_000);
    private static final AtomicLong NOW = new AtomicLong(1_790_000_000_000_000L);
    private static final List<RedisLink> LINKS = new ArrayList<>();
    private static RedisProcess redis;

    private final String tenant = "tenant-" + UUID.randomUUID();

    private interface Racer {
        void run(int round);
    }

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        IntStream.range(0, 3).forEach(_ -> LINKS.add(LinkOnClock.toServer(redis.port(), NOW::get)));
    }

    @AfterAll
    static void stop() {
        LINKS.forEach(RedisLink::close);
        LINKS.clear();
        redis.close();
    }

    @Test
    void nothingRevokedVerifiesWhateverRacesWithTheRevocation() throws Exception {
        var made = new AtomicReference<Made>();
        var next = new AtomicReference<KeySecret>();
        race(
                _ -> {
                    made.set(caller(0).issued(ACME));
                    next.set(KeySecret.randomFor(made.get().id()));
                },
                List.of(
                        _ -> {
                            caller(0).revoke(made.get().id());
                            assertThat(caller(0).isValid(made.get().presented()))
                                    .as("after the revocation")
                                    .isFalse();
                        },
                        _ -> caller(1).rotate(made.get().id(), next.get(), 3600),
                        _ -> caller(2).patch(made.get().id(), new KeyPatch("n", null, null, 3600L)),
                        _ -> caller(1).verify(made.get().presented())),
                _ -> {
                    assertThat(caller(2).isValid(made.get().presented())).isFalse();
                    var live = caller(2).list(ACME);
                    assertThat(live).noneMatch(key -> key.id().equals(made.get().id()));
                    live.forEach(key -> {
                        caller(0).revoke(key.id());
                        assertThat(caller(1).isValid(presented(next.get()))).isFalse();
                    });
                });
    }

    @Test
    void ofRacingRotationsEachSuccessorLivesAndTheOldKeyEndsByTheShortestGrace() throws Exception {
        var made = new AtomicReference<Made>();
        var successors = new KeySecret[3];
        race(
                _ -> {
                    made.set(caller(0).issued(ACME));
                    for (int i = 0; i < 3; i++) {
                        successors[i] = KeySecret.randomFor(made.get().id());
                    }
                },
                IntStream.range(0, 3)
                        .<Racer>mapToObj(i -> _ -> caller(i).rotate(made.get().id(), successors[i], 60 * (i + 1)))
                        .toList(),
                _ -> {
                    assertThat(successors).allMatch(successor -> caller(0).isValid(presented(successor)));
                    assertThat(caller(0).isValid(made.get().presented())).isTrue();
                    NOW.addAndGet(60_000_000);
                    assertThat(caller(0).isValid(made.get().presented())).isFalse();
                    caller(0).list(ACME).forEach(key -> caller(0).revoke(key.id()));
                    assertThat(successors).noneMatch(successor -> caller(0).isValid(presented(successor)));
                });
    }

    private KeyCaller caller(int number) {
        return new KeyCaller(new RedisIssuedKeys(LINKS.get(number)), tenant);
    }

    private static PresentedKey presented(KeySecret secret) {
        return PresentedKey.parse(secret.text("gk")).orElseThrow();
    }

    /** Runs the race repeatedly: a preparation, all racers at once, then a check. */
    private static void race(Racer before, List<Racer> racers, Racer after) throws Exception {
        var barrier = new CyclicBarrier(racers.size());
        Threads.together(racers.size(), thread -> {
            for (int round = 0; round < ROUNDS; round++) {
                if (thread == 0) {
                    before.run(round);
                }
                barrier.await(60, TimeUnit.SECONDS);
                racers.get(thread).run(round);
                barrier.await(60, TimeUnit.SECONDS);
                if (thread == 0) {
                    after.run(round);
                }
            }
        });
    }
}
