// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.redis.LinkOnClock;
import dev.gatehouse.redis.RedisOnClock;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@link RedisRateLimiter} where subjects lie in different slots on different nodes. */
class ClusterRateLimiterTest extends DelayContract {

    private static final Limit TEN = Limit.of("ten", 10, 600);

    @RegisterExtension
    private static final RedisOnClock REDIS = RedisOnClock.cluster(NOW::get);

    @Override
    RateLimiter limiter() {
        return new RedisRateLimiter(REDIS.link());
    }

    @Override
    Decision.Source source() {
        return Decision.Source.REDIS;
    }

    @Test
    void whatIsGivenBackWhollyLeavesNoKey() {
        check(TEN, "full", 10);
        assertThat(decide(Mode.ALL, charge(TEN, "full", 1), charge(TEN, "unused", 1))
                        .allowed())
                .isFalse();

        var key = key("unused");
        assertThat(REDIS.cluster().masterOf(key).cli("EXISTS", key)).isEqualTo(0L);
    }

    @Test
    void whereOneSubjectHasNoAnswerTheOthersAreGivenBack() {
        var foreign = key("foreign");
        REDIS.cluster().masterOf(foreign).cli("SET", foreign, "junk", "PX", "60000");
        check(TEN, "a", 1);

        for (var mode : Mode.values()) {
            var check = new Check(List.of(charge(TEN, "a", 2), charge(TEN, "foreign", 1), charge(TEN, "b", 3)), mode);
            var decision = limiter()
                    .check(tenant(), check, Deadline.in(Duration.ofSeconds(20)))
                    .toCompletableFuture()
                    .join();
            assertThat(decision).isInstanceOf(Unavailable.class);
        }

        Awaitility.await().untilAsserted(() -> {
            assertThat(check(TEN, "a", 0)).isEqualTo(allowed(9, 60));
            assertThat(check(TEN, "b", 0)).isEqualTo(allowed(10, 0));
        });
    }

    @Test
    void aPartThatWasSentAndGotNoAnswerIsNotGivenBack() {
        // given two subjects on two nodes, of which one node goes silent
        var silent = REDIS.cluster().masters().get(0);
        var silentSubject = subjectOn(silent);
        var otherSubject = subjectOn(REDIS.cluster().masters().get(1));
        check(TEN, silentSubject, 1);
        check(TEN, otherSubject, 1);
        silent.freeze();

        var check = new Check(List.of(charge(TEN, silentSubject, 2), charge(TEN, otherSubject, 2)), Mode.ALL);
        var start = System.nanoTime();
        var decision = limiter()
                .check(tenant(), check, Deadline.in(Duration.ofMillis(300)))
                .toCompletableFuture()
                .join();
        var took = Duration.ofNanos(System.nanoTime() - start);
        silent.thaw();

        // then it ends by the deadline, and what is unknown counts as charged, which it turns out to be
        assertThat(decision).isInstanceOf(Unavailable.class);
        assertThat(took).isBetween(Duration.ofMillis(290), Duration.ofSeconds(5));
        Awaitility.await().untilAsserted(() -> {
            assertThat(check(TEN, otherSubject, 0)).isEqualTo(allowed(9, 60));
            assertThat(check(TEN, silentSubject, 0)).isEqualTo(allowed(7, 180));
        });
    }

    @Test
    void aDenialSentBeforeACorrectionIsNotCached() {
        // given a check that one node has denied, while the other node is silent
        var quick = subjectOn(REDIS.cluster().masters().get(0));
        var silent = subjectOn(REDIS.cluster().masters().get(1));
        var limiter = new RedisRateLimiter(REDIS.link(), new DenialCache(100, NOW::get));
        check(TEN, quick, 10);
        check(TEN, silent, 1);
        REDIS.cluster().masters().get(1).freeze();
        var both = new Check(List.of(charge(TEN, quick, 1), charge(TEN, silent, 1)), Mode.ALL);
        var denied = limiter.check(tenant(), both, Deadline.in(Duration.ofSeconds(20)));

        // when what it used is undone before the reply to the check
        limiter.refund(
                        tenant(),
                        new Check(List.of(charge(TEN, quick, 10)), Mode.ALL),
                        Deadline.in(Duration.ofSeconds(20)))
                .toCompletableFuture()
                .join();
        REDIS.cluster().masters().get(1).thaw();
        assertThat(allowed(denied)).isFalse();

        assertThat(allowed(limiter.check(tenant(), both, Deadline.in(Duration.ofSeconds(20)))))
                .isTrue();
    }

    private static boolean allowed(CompletionStage<Decision<CheckDecision>> stage) {
        return ((Decision.Decided<CheckDecision>) stage.toCompletableFuture().join())
                .value()
                .allowed();
    }

    @Test
    void aClusterTakenForASingleServerIsCalledForEachSlot() {
        // given a node that holds two subjects in two slots, and a link without cluster mode
        var node = REDIS.cluster().masters().getFirst();
        var subjects = subjectsOn(node).limit(2).toList();
        try (var single = LinkOnClock.toServer(node.port(), NOW::get)) {
            var check = new Check(
                    subjects.stream().map(subject -> charge(TEN, subject, 1)).toList(), Mode.ALL);
            var decision = new RedisRateLimiter(single)
                    .check(tenant(), check, Deadline.in(Duration.ofSeconds(20)))
                    .toCompletableFuture()
                    .join();

            assertThat(decision)
                    .isEqualTo(new Decision.Decided<>(
                            new CheckDecision(true, List.of(allowed(9, 60), allowed(9, 60))), source()));
        }
    }

    private String subjectOn(RedisProcess node) {
        return subjectsOn(node).findFirst().orElseThrow();
    }

    private Stream<String> subjectsOn(RedisProcess node) {
        return IntStream.range(0, 100)
                .mapToObj(i -> "subject-" + i)
                .filter(subject -> REDIS.cluster().masterOf(key(subject)) == node);
    }

    private String key(String subject) {
        return "gh:{" + tenant() + ":" + HashTag.of(subject) + "}:rl:ten";
    }
}
