// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.fallback.OwnerOutcome.Held;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.redis.LinkProbe;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.RedisOnClock;
import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.state.WriteOutcome.Saved;
import dev.gatehouse.testkit.DeepTest;
import dev.gatehouse.testkit.Rounds;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisStateStoreTest extends StateContract {

    private static final AtomicLong NOW = new AtomicLong();
    private static final StateKey GROUPED = StateKey.of("orders", "a");

    @RegisterExtension
    private static final RedisOnClock REDIS = RedisOnClock.server(NOW::get);

    @Override
    StateStore states() {
        return new RedisStateStore(REDIS.link());
    }

    @Override
    AtomicLong clock() {
        return NOW;
    }

    @Override
    Source source() {
        return Source.REDIS;
    }

    @Test
    void theRedisKeysRevealNeitherGroupNorId() {
        saved(GROUPED, ABSENT, "{}");

        var prefix = "gh:{" + tenant + ":" + HashTag.of("orders") + "}:";
        assertThat((List<?>) REDIS.cli("KEYS", "gh:{" + tenant + ":*"))
                .map(Object::toString)
                .hasSize(2)
                .anyMatch(key -> key.startsWith(prefix + "w:"))
                .anyMatch(key -> key.startsWith(prefix + "wg:"))
                .noneMatch(key -> key.contains("orders"));
    }

    /** A script is atomic: no other client, replica or restart finds a key between two of its commands. */
    @Test
    void noScriptLeavesAKeyWithoutAnExpiry() {
        try (var monitor = REDIS.server().connect()) {
            monitor.call("MONITOR");
            exercise();
            exercise();
            REDIS.cli("ECHO", "end of the exercise");
            var expiring = new HashSet<String>();
            var lasting = new HashSet<String>();
            int scripts = 0;
            String line;
            do {
                line = (String) monitor.read();
                var words = line.replaceFirst("^.*?] ", "")
                        .replaceFirst("\"$", "")
                        .substring(1)
                        .split("\" \"", -1);
                switch (line.contains(" lua] ") ? words[0] : "") {
                    case "HSET", "ZADD" -> {
                        if (!expiring.contains(words[1])) {
                            lasting.add(words[1]);
                        }
                    }
                    case "PEXPIRE" -> {
                        expiring.add(words[1]);
                        lasting.remove(words[1]);
                    }
                    // The last member may have been removed, and the key with it.
                    case "DEL", "ZREM" -> expiring.remove(words[1]);
                    case "HDEL", "HMGET", "HGETALL", "HSTRLEN", "EXISTS", "TIME" -> {}
                    case "ZRANGE", "ZRANGEBYSCORE", "ZREVRANGEBYSCORE", "ZCOUNT" -> {}
                    case "" -> {
                        scripts++;
                        assertThat(lasting).as("before %s", line).isEmpty();
                    }
                    default -> throw new AssertionError("unexpected " + line);
                }
            } while (!line.contains("end of the exercise"));
            assertThat(expiring).hasSize(1);
            assertThat(scripts).isGreaterThanOrEqualTo(18);
        }
    }

    @Test
    void eachOperationIsOneScriptAndAListReadsItsStates() {
        exercise();
        REDIS.cli("CONFIG", "RESETSTAT");

        exercise();

        assertThat(REDIS.calls("evalsha")).isEqualTo(9);
        assertThat(REDIS.calls("eval")).isZero();
    }

    /** Calls each operation once; the list has one state. */
    private void exercise() {
        var fence = claimed(GROUPED, "ada").fence();
        write(StateWrite.save(GROUPED, ANY, StateValue.of("{\"a\":1,\"b\":2}")).withFence(fence));
        write(StateWrite.merge(GROUPED, ANY, StateValue.of("{\"a\":null,\"c\":2}"))
                .withFence(fence));
        read(GROUPED);
        extend(GROUPED, fence, 60);
        list("orders", 10, Optional.empty());
        release(GROUPED, fence);
        delete(GROUPED, ANY, OptionalLong.empty());
    }

    @Test
    void aForeignValueMakesTheDecisionUnavailableAndStaysUnchanged() {
        var name = A.redisKey(tenant);
        REDIS.cli("SET", name, "junk", "PX", "60000");
        assertAllUnavailable();
        REDIS.cli("DEL", name);
        REDIS.cli("HSET", name, "some", "thing");
        REDIS.cli("PEXPIRE", name, "60000");
        assertAllUnavailable();
        REDIS.cli("HSET", name, "#", "junk");
        assertAllUnavailable();
        assertThat(REDIS.cli("HGETALL", name)).isEqualTo(List.of("some", "thing", "#", "junk"));
    }

    @Test
    void aForeignValueInPlaceOfTheIndexKeepsEverythingUnchanged() {
        var index = StateKey.indexKey(tenant, "orders");
        saved(GROUPED, ABSENT, "{\"a\":1}");
        REDIS.cli("SET", index, "junk", "PX", "60000");

        var other = StateKey.of("orders", "b");
        assertUnavailable(states().save(tenant, StateWrite.save(GROUPED, ANY, StateValue.of("{}")), patience()));
        assertUnavailable(states().save(tenant, StateWrite.save(other, ANY, StateValue.of("{}")), patience()));
        assertUnavailable(states().delete(tenant, GROUPED, ANY, OptionalLong.empty(), patience()));
        assertUnavailable(states().list(tenant, "orders", 10, Optional.empty(), patience()));

        assertThat(value(GROUPED)).isEqualTo(Map.of("a", "1"));
        assertThat(read(other)).isEqualTo(new ReadOutcome.Unknown());
        assertThat(REDIS.cli("GET", index)).isEqualTo("junk");
    }

    /** The store sends a deletion again if its reply was lost. */
    @Test
    void aDeletionThatIsSentAgainKeepsWhatWasSavedSince() {
        saved(GROUPED, ABSENT, "{\"n\":1}");
        var deletion = new RedisStateStore(REDIS.link()).deleteCall(tenant, GROUPED, ANY, OptionalLong.empty(), "one");
        assertThat(REDIS.link().run(deletion, patience()).toCompletableFuture().join())
                .isInstanceOf(Answered.class);
        assertThat(read(GROUPED)).isEqualTo(new ReadOutcome.Unknown());
        saved(GROUPED, ABSENT, "{\"n\":2}");

        assertThat(REDIS.link().run(deletion, patience()).toCompletableFuture().join())
                .isInstanceOf(Answered.class);
        assertThat(value(GROUPED)).isEqualTo(Map.of("n", "2"));
    }

    private void assertAllUnavailable() {
        assertUnavailable(states().read(tenant, A, OptionalLong.empty(), patience()));
        assertUnavailable(states().save(tenant, StateWrite.save(A, ANY, StateValue.of("{}")), patience()));
        assertUnavailable(states().claim(tenant, claim(A, "ada", 1, true), patience()));
        assertUnavailable(states().extend(tenant, A, 1, 1, patience()));
        assertUnavailable(states().release(tenant, A, 1, patience()));
        assertUnavailable(states().delete(tenant, A, ANY, OptionalLong.empty(), patience()));
    }

    private static <T> void assertUnavailable(CompletionStage<Decision<T>> stage) {
        assertThat(stage.toCompletableFuture().join()).isInstanceOf(Unavailable.class);
    }

    @Test
    void theKeyOfAStateLivesAnHourLongerThanTheState() {
        write(StateWrite.save(GROUPED, ABSENT, StateValue.of("{}")).withTtlSeconds(100));
        for (var name : List.of(GROUPED.redisKey(tenant), StateKey.indexKey(tenant, "orders"))) {
            assertThat((Long) REDIS.cli("PTTL", name)).isBetween(3_690_000L, 3_700_001L);
        }
    }

    @Test
    void membersAreFieldsOfTheHash() {
        saved(A, ABSENT, "{\"list\":[ ],\"one\":1.0}");
        assertThat(REDIS.cli("HMGET", A.redisKey(tenant), "m:list", "m:one")).isEqualTo(List.of("[ ]", "1.0"));
    }

    @Test
    void aClaimDoesNotKeepTheMembersOfAStateThatHasEnded() {
        var fence = claimed(A, "ada").fence();
        write(StateWrite.save(A, ABSENT, StateValue.of("{\"a\":1}"))
                .withTtlSeconds(1)
                .withFence(fence)
                .withSaveId("first"));
        pass(SECOND);

        assertThat(extend(A, fence, 60)).isInstanceOf(Held.class);

        assertThat((List<?>) REDIS.cli("HKEYS", A.redisKey(tenant)))
                .map(Object::toString)
                .containsExactlyInAnyOrder("#", "s");
        var repeated = StateWrite.save(A, ABSENT, StateValue.of("{\"a\":2}"))
                .withFence(fence)
                .withSaveId("first");
        assertThat(write(repeated)).isInstanceOfSatisfying(Saved.class, saved -> assertThat(saved.repeated())
                .isTrue());
    }

    @Test
    @DeepTest
    void statesThatHaveEndedLeaveNothingBehind() {
        try (var other = RedisProcess.start();
                var onServersClock = RedisLink.to(LinkProbe.patientSettings(other.url()))) {
            var brief = new RedisStateStore(onServersClock, Duration.ofMillis(100), StateLifetime.DEFAULT);
            var pending = new ArrayList<CompletionStage<Decision<WriteOutcome>>>();
            for (int i = 0; i < Rounds.of(5_000, 100_000); i++) {
                var key = i % 2 == 0 ? StateKey.of("g" + i % 10, "id" + i) : StateKey.of("id" + i);
                pending.add(brief.save(
                        tenant,
                        StateWrite.save(key, ABSENT, StateValue.of("{\"n\":" + i + "}"))
                                .withTtlSeconds(1),
                        patience()));
                if (pending.size() == 500) {
                    pending.forEach(stage -> assertThat(
                                    stage.toCompletableFuture().join())
                            .isInstanceOfSatisfying(Decision.Decided.class, decided -> assertThat(decided.value())
                                    .isInstanceOf(Saved.class)));
                    pending.clear();
                }
            }
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> other.cli("DBSIZE")
                    .equals(0L));
        }
    }

    @Test
    void theIndexForgetsStatesThatHaveEndedWhileOthersLive() {
        write(StateWrite.save(StateKey.of("g", "long"), ABSENT, StateValue.of("{}")));
        for (int i = 0; i < 300; i++) {
            write(StateWrite.save(StateKey.of("g", "brief" + i), ABSENT, StateValue.of("{}"))
                    .withTtlSeconds(1));
        }
        pass(SECOND);
        for (int i = 0; i < 3; i++) {
            list("g", 1, Optional.empty());
        }
        assertThat(REDIS.cli("ZCARD", StateKey.indexKey(tenant, "g"))).isEqualTo(2L);
        assertThat(Map.of("n", list("g", 9, Optional.empty()).states().size())).containsEntry("n", 1);
    }
}
