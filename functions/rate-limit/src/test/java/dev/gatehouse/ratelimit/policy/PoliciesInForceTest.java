// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.redis.LinkOnClock;
import dev.gatehouse.redis.MicroClock;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Tests when a process sees another's writes, what this costs, and what applies without Redis. */
class PoliciesInForceTest {

    private static final Limit STRICT = Limit.of("api", 10, 60);
    private static final Limit GENEROUS = Limit.of("api", 1_000, 60);
    private static final String KEY = "gh:{tenant:policies}:rl";

    private final RedisProcess redis = RedisProcess.start();
    private final FaultProxy wire = FaultProxy.inFrontOf(redis);
    private final RedisLink hereLink = LinkOnClock.toServer(redis.port(), MicroClock::now);
    private final RedisLink thereLink = LinkOnClock.toServer(wire.port(), MicroClock::now);

    /** There, in nanoseconds; here time stands still. */
    private final AtomicLong now = new AtomicLong();

    private final Policies here = new RedisPolicies(hereLink, DeclaredPolicies.NONE, () -> 0, MicroClock::now);
    private final Policies there = new RedisPolicies(thereLink, DeclaredPolicies.NONE, now::get, MicroClock::now);

    @AfterEach
    void close() {
        hereLink.close();
        thereLink.close();
        wire.close();
        redis.close();
    }

    @Test
    void aWriteAppliesHereAtOnceAndElsewhereWithinTenSeconds() {
        assertThat(applies(there, "vip")).isEqualTo(decided(null, Source.REDIS));
        assertThat(applies(here, "vip")).isEqualTo(decided(null, Source.REDIS));

        join(here.put("tenant", STRICT, patience()));
        assertThat(applies(here, "vip")).isEqualTo(decided(STRICT, Source.REDIS));
        pass(Duration.ofSeconds(10));
        assertThat(applies(there, "vip")).isEqualTo(decided(STRICT, Source.REDIS));

        join(here.override("tenant", "vip", PolicyOverride.of(GENEROUS), patience()));
        assertThat(applies(here, "vip")).isEqualTo(decided(GENEROUS, Source.REDIS));
        pass(Duration.ofSeconds(10));
        assertThat(applies(there, "vip")).isEqualTo(decided(GENEROUS, Source.REDIS));

        join(here.remove("tenant", "api", patience()));
        assertThat(applies(here, "vip")).isEqualTo(decided(null, Source.REDIS));
        pass(Duration.ofSeconds(10));
        assertThat(applies(there, "vip")).isEqualTo(decided(null, Source.REDIS));
    }

    @Test
    void aFrequentCallerNeverWaitsAndIsNeverTenSecondsBehind() {
        join(here.put("tenant", STRICT, patience()));
        join(there.snapshot("tenant", patience()));
        join(here.put("tenant", GENEROUS, patience()));

        // when it continues, the first snapshot that is due is read again
        pass(Duration.ofSeconds(5));
        assertThat(there.snapshot("tenant", patience()).toCompletableFuture()).isDone();
        await().until(() -> applies(there, "a").equals(decided(GENEROUS, Source.REDIS)));
    }

    @Test
    void aYoungSnapshotCostsNoRoundTrip() {
        join(here.put("tenant", STRICT, patience()));
        join(there.snapshot("tenant", patience()));
        redis.cli("CONFIG", "RESETSTAT");

        for (int i = 0; i < 1000; i++) {
            pass(Duration.ofMillis(4));
            assertThat(applies(there, "s" + i)).isEqualTo(decided(STRICT, Source.REDIS));
        }
        assertThat(redis.calls("evalsha") + redis.calls("eval")).isZero();
    }

    @Test
    void unchangedPoliciesAreNotSentAgain() {
        join(here.put("tenant", STRICT, patience()));
        join(there.snapshot("tenant", patience()));
        redis.cli("CONFIG", "RESETSTAT");

        for (int i = 0; i < 10; i++) {
            pass(Duration.ofSeconds(10));
            assertThat(applies(there, "a")).isEqualTo(decided(STRICT, Source.REDIS));
        }
        assertThat(redis.calls("evalsha")).isEqualTo(10);
        assertThat(redis.calls("hgetall")).isZero();
    }

    @Test
    void concurrentCallersShareOneRead() throws Exception {
        join(here.put("tenant", STRICT, patience()));
        join(there.snapshot("tenant", patience()));
        for (var age : List.of(Duration.ofSeconds(10), Duration.ofSeconds(5))) {
            pass(age);
            redis.cli("CONFIG", "RESETSTAT");
            wire.blackHole();
            var decisions = new ConcurrentLinkedQueue<CompletableFuture<Decision<PolicySnapshot>>>();
            PoliciesContract.together(16, _ -> {
                for (int i = 0; i < 20; i++) {
                    decisions.add(there.snapshot("tenant", patience()).toCompletableFuture());
                }
            });
            wire.pass();
            assertThat(decisions).hasSize(320).allSatisfy(decision -> assertThat(decision.join())
                    .isInstanceOf(Decided.class));
            await().until(() -> redis.calls("evalsha") > 0);
            assertThat(redis.calls("evalsha")).as("%s", age).isEqualTo(1);
        }
    }

    @Test
    void theLastSnapshotAppliesWhileRedisIsUnavailable() {
        join(here.put("tenant", STRICT, patience()));
        join(there.snapshot("tenant", patience()));
        wire.refuse();
        wire.cutConnections();

        pass(Duration.ofSeconds(9));
        assertThat(applies(there, "a")).as("it is good still").isEqualTo(decided(STRICT, Source.REDIS));
        pass(Duration.ofHours(1));
        assertThat(applies(there, "a")).isEqualTo(decided(STRICT, Source.LOCAL));
        assertThat(applies(there, "a")).isEqualTo(decided(STRICT, Source.LOCAL));
        assertThat(join(there.find("tenant", "api", patience()))).isInstanceOf(Unavailable.class);
        assertThat(join(there.put("tenant", GENEROUS, patience()))).isInstanceOf(Unavailable.class);
        assertThat(applies(there, "a")).isEqualTo(decided(STRICT, Source.LOCAL));

        join(here.put("tenant", GENEROUS, patience()));
        wire.pass();
        await().until(() -> applies(there, "a").equals(decided(GENEROUS, Source.REDIS)));
    }

    @Test
    void withoutASnapshotPoliciesAreUnavailable() {
        wire.refuse();
        assertThat(join(there.snapshot("tenant", patience())))
                .isInstanceOfSatisfying(Unavailable.class, unavailable -> assertThat(unavailable.retryAfter())
                        .isPositive());

        wire.pass();
        await().until(() -> applies(there, "a").equals(decided(null, Source.REDIS)));
    }

    @Test
    void declaredPoliciesApplyWithoutASnapshot() {
        var declaring = new RedisPolicies(
                thereLink, new DeclaredPolicies(Map.of("api", STRICT), Map.of()), now::get, MicroClock::now);
        join(here.put("tenant", GENEROUS, patience()));
        wire.refuse();

        var decision = (Decided<PolicySnapshot>) join(declaring.snapshot("tenant", patience()));
        assertThat(decision.source()).isEqualTo(Source.LOCAL);
        assertThat(decision.value().isComplete()).isFalse();
        assertThat(decision.value().limitFor("api", "a")).isEqualTo(STRICT);
        assertThat(decision.value().limitFor("other", "a")).isNull();
        assertThat(join(declaring.current("tenant", patience()))).isInstanceOf(Unavailable.class);
        assertThat(join(declaring.find("tenant", "api", patience()))).isInstanceOf(Unavailable.class);

        wire.pass();
        await().until(() -> applies(declaring, "a").equals(decided(GENEROUS, Source.REDIS)));
        redis.cli("FLUSHALL");
        pass(Duration.ofSeconds(10));
        assertThat(applies(declaring, "a")).isEqualTo(decided(STRICT, Source.REDIS));
    }

    @Test
    void aReadEndsByTheDeadline() {
        join(here.put("tenant", STRICT, patience()));
        join(there.snapshot("tenant", patience()));
        pass(Duration.ofSeconds(10));
        redis.freeze();

        long start = System.nanoTime();
        var decision = join(there.snapshot("tenant", Deadline.in(Duration.ofMillis(200))));
        var took = Duration.ofNanos(System.nanoTime() - start);

        assertThat(decision.map(book -> book.limitFor("api", "a"))).isEqualTo(decided(STRICT, Source.LOCAL));
        assertThat(took).isBetween(Duration.ofMillis(190), Duration.ofSeconds(5));
        assertThat(join(there.snapshot("stranger", Deadline.in(Duration.ofMillis(200)))))
                .isInstanceOf(Unavailable.class);
        redis.thaw();
        await().until(() -> applies(there, "a").equals(decided(STRICT, Source.REDIS)));
    }

    @Test
    void aWriteWithoutAReplyIsInTheNextSnapshot() {
        join(there.put("tenant", STRICT, patience()));
        join(there.snapshot("tenant", patience()));
        wire.swallowNextReplyAndReset();

        assertThat(join(there.put("tenant", GENEROUS, patience()))).isInstanceOf(Unavailable.class);
        wire.pass();

        await().until(() -> applies(there, "a").equals(decided(GENEROUS, Source.REDIS)));
        assertThat(now).as("no time has passed").hasValue(0);
    }

    @Test
    void policiesWrittenAfterALossAreReadAgain() {
        join(here.put("tenant", STRICT, patience()));
        join(there.snapshot("tenant", patience()));
        redis.restart();
        await().until(() -> join(here.put("tenant", GENEROUS, patience())) instanceof Decided);

        pass(Duration.ofSeconds(10));
        await().until(() -> applies(there, "a").equals(decided(GENEROUS, Source.REDIS)));
    }

    @Test
    void policiesThatRedisLostNoLongerApply() {
        join(here.put("tenant", STRICT, patience()));
        join(there.snapshot("tenant", patience()));
        redis.cli("FLUSHALL");

        pass(Duration.ofSeconds(10));
        assertThat(applies(there, "a")).isEqualTo(decided(null, Source.REDIS));
    }

    @Test
    void aChangeByAnotherProcessIsReportedOnce() {
        var changes = new AtomicInteger();
        there.onChange(changes::incrementAndGet);
        join(here.put("tenant", STRICT, patience()));
        join(there.snapshot("tenant", patience()));
        assertThat(changes).hasValue(0);

        join(here.put("tenant", GENEROUS, patience()));
        for (int i = 0; i < 3; i++) {
            pass(Duration.ofSeconds(10));
            join(there.snapshot("tenant", patience()));
            assertThat(changes).hasValue(1);
        }
    }

    @Test
    void unreadablePoliciesAreLoggedOnceWithoutTheirContent() {
        var log = new ListAppender<ILoggingEvent>();
        log.start();
        var logger = (Logger) LoggerFactory.getLogger("dev.gatehouse.ratelimit.policy");
        logger.addAppender(log);
        try {
            join(here.put("tenant", STRICT, patience()));
            join(here.override("tenant", "user-42", PolicyOverride.of(GENEROUS), patience()));
            var tag = HashTag.of("user-42");
            redis.cli("HSET", KEY, "policy:bad", "secret1", "override:api:" + tag, "secret2", "policy:secret 3", "x");
            for (int i = 0; i < 4; i++) {
                redis.cli("HINCRBY", KEY, "version", "1");
                pass(Duration.ofSeconds(10));
                assertThat(applies(there, "user-42")).isEqualTo(decided(STRICT, Source.REDIS));
            }

            assertThat(log.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .filteredOn(line -> line.contains(" tenant tenant "))
                    .singleElement()
                    .asString()
                    .contains("tenant", "api", "bad")
                    .doesNotContain("secret", "user-42", tag);
        } finally {
            logger.detachAppender(log);
        }
    }

    @Test
    void eachSnapshotShowsOneMomentDuringWrites() throws Exception {
        // given a writer who keeps two policies alike, but for a moment each time
        join(here.put("tenant", Limit.of("a", 1, 60), patience()));
        join(here.put("tenant", Limit.of("b", 1, 60), patience()));
        PoliciesContract.together(3, thread -> {
            for (int n = 2; n < 100; n++) {
                if (thread == 0) {
                    join(here.put("tenant", Limit.of("a", n, 60), patience()));
                    join(here.put("tenant", Limit.of("b", n, 60), patience()));
                } else {
                    pass(Duration.ofSeconds(10));
                    var book = ((Decided<PolicySnapshot>) join(there.snapshot("tenant", patience()))).value();
                    long ahead = limit(book, "a") - limit(book, "b");
                    assertThat(ahead).isBetween(0L, 1L);
                }
            }
        });
    }

    private static long limit(PolicySnapshot book, String name) {
        var limit = book.limitFor(name, "anybody");
        return limit == null ? -1000 : limit.limit();
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private static Decision<Limit> applies(Policies policies, String subject) {
        return join(policies.snapshot("tenant", patience())).map(book -> book.limitFor("api", subject));
    }

    private static Decision<Limit> decided(@Nullable Limit limit, Source source) {
        return new Decided<>(limit, source);
    }

    private static <T> Decision<T> join(CompletionStage<Decision<T>> decision) {
        return decision.toCompletableFuture().join();
    }

    private static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(20));
    }
}
