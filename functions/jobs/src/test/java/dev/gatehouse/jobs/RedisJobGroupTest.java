// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.fallback.OwnerOutcome.Held;
import dev.gatehouse.redis.RedisOnClock;
import dev.gatehouse.testkit.DeepTest;
import dev.gatehouse.testkit.Rounds;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisJobGroupTest extends JobGroupContract {

    private static final AtomicLong NOW = new AtomicLong();
    private static final int LEASES = 4;

    @RegisterExtension
    private static final RedisOnClock REDIS = RedisOnClock.server(NOW::get);

    @Override
    JobStore jobs() {
        return new RedisJobStore(REDIS.link());
    }

    @Override
    AtomicLong clock() {
        return NOW;
    }

    @Test
    void theRedisKeysAreInOneSlotAndRevealNeitherQueueNorId() {
        exercise();
        var tag = Q.redisKeys(tenant).getFirst().replaceFirst("}.*", "}");
        assertThat((List<?>) REDIS.cli("KEYS", tag + "*"))
                .map(Object::toString)
                .hasSizeGreaterThan(8)
                .allMatch(key -> Q.redisKeys(tenant).contains(key));
        assertThat(Q.redisKeys(tenant))
                .allMatch(key -> key.matches("gh:\\{tenant-[^:]*:[\\w-]{12}}:j[a-z]?[01]?:[\\w-]{43}"));
    }

    /** The sorted sets and the groups are indexes: each is restored from the records of the jobs. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, LEASES, 5, 6, 7, 8})
    void anIndexThatIsDeletedByHandLosesNothing(int index) {
        enqueue(grouped("a", "g", 1));
        enqueue(grouped("b", "g", 1));
        enqueue(NewJob.of("dead", ONE).withMaxAttempts(1));
        enqueue(delayed("late", 60));
        var taken = take(5);
        assertThat(taken).extracting(TakenJob::id).containsExactly("a", "dead");
        fail(taken.getLast(), 0);
        enqueue("ready");

        REDIS.delete(Q.redisKeys(tenant).get(index));

        assertThat(takenIds(5)).containsExactly("ready");
        assertThat(counts()).isEqualTo(new QueueCounts(0, 1, 1, 2, 1, 0, Optional.empty()));
        assertThat(dead(5, OptionalLong.empty()).jobs()).hasSize(1);
        assertThat(extend(taken.getFirst(), 10)).isInstanceOf(Held.class);
        pass(30 * SECOND);
        assertThat(takenIds(5)).containsExactly("a", "ready");
        pass(30 * SECOND);
        assertThat(takenIds(5)).contains("late", "a").doesNotContain("b");
    }

    /** Each key ends with the last thing in it, so a queue that is done leaves nothing but the memory of recent calls. */
    @Test
    @DeepTest
    void completedJobsLeaveNoKeys() {
        int count = Rounds.of(500, 100_000);
        var store = new RedisJobStore(REDIS.link(), Duration.ofMillis(100));
        for (int i = 0; i < count; i += 20) {
            for (int j = i; j < i + 20; j++) {
                enqueue(NewJob.of("job-" + j, ONE).withGroup("g" + j % 7, 3));
            }
            var done = 0;
            while (done < 20) {
                var taken = decided(store.take(tenant, Q, TakeOptions.of(20), patience()))
                        .jobs();
                assertThat(taken).isNotEmpty();
                done += taken.size();
                decided(store.completeAll(
                        tenant, Q, taken.stream().map(TakenJob::jobLease).toList(), patience()));
            }
            pass(MILLI);
        }
        var keys = new HashSet<Object>((List<?>) REDIS.cli("KEYS", "gh:{" + tenant + ":*"));
        Q.redisKeys(tenant).subList(10, 12).forEach(keys::remove);
        assertThat(keys).isEmpty();
    }

    @Test
    void aKeyLivesAsLongAsTheLastJobInIt() {
        enqueue(delayed("a", 100).withTtlSeconds(50));
        enqueue(NewJob.of("b", ONE).withTtlSeconds(10));
        for (int index : new int[] {0, 1, 2, 7, 8}) {
            var millis = (Long) REDIS.cli("PTTL", Q.redisKeys(tenant).get(index));
            assertThat(millis).as("key " + index).isBetween(140_000L, 150_001L);
        }
    }

    /** A script is atomic: no other client, replica or restart finds a key between two of its commands. */
    @Test
    void noScriptLeavesAKeyWithoutAnExpiry() {
        exercise();
        for (var key : (List<?>) REDIS.cli("KEYS", "gh:{" + tenant + ":*")) {
            assertThat((Long) REDIS.cli("PTTL", key.toString()))
                    .as(key.toString())
                    .isPositive();
        }
    }

    @Test
    void eachOperationIsOneScript() {
        exercise();
        REDIS.cli("CONFIG", "RESETSTAT");

        exercise();

        assertThat(REDIS.calls("evalsha")).isEqualTo(15);
        assertThat(REDIS.calls("eval")).isZero();
    }

    /** Calls each operation, and leaves a job in each state. */
    private void exercise() {
        for (var id : List.of("a", "b", "c", "d")) {
            enqueue(grouped(id, "g" + id, 1).withMaxAttempts(1));
        }
        enqueue(delayed("e", 5));
        var taken = take(3);
        extend(taken.getFirst(), 20);
        fail(taken.getFirst(), 0);
        complete(taken.get(1));
        giveBack(taken.get(2));
        drain("ada", 1);
        inspect("a");
        dead(5, OptionalLong.empty());
        counts();
        cancel("e");
    }

    @Test
    void aForeignValueMakesTheDecisionUnavailableAndStaysUnchanged() {
        var name = Q.redisKeys(tenant).getFirst();
        REDIS.cli("SET", name, "junk", "PX", "60000");

        assertThat(jobs().enqueue(tenant, Q, NewJob.of(ONE), patience())
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(Unavailable.class);
        assertThat(jobs().take(tenant, Q, TakeOptions.of(1), patience())
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(Unavailable.class);
        assertThat(REDIS.cli("GET", name)).isEqualTo("junk");
    }
}
