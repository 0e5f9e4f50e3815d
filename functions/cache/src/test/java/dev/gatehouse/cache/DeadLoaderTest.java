// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.cache.DyingLoader.Step;
import dev.gatehouse.cache.LookupOutcome.Fresh;
import dev.gatehouse.cache.LookupOutcome.LoadState.Loading;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.LinkProbe;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.testkit.DeepTest;
import dev.gatehouse.testkit.Rounds;
import dev.gatehouse.testkit.Threads;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A loader dies at each step: the others wait for the end of its lease at most, and one of them loads. */
@DeepTest
class DeadLoaderTest {

    private static final Duration BUDGET = Duration.ofSeconds(5);

    /** Allows for a busy machine. */
    private static final Duration SLACK = Duration.ofSeconds(4);

    private static final String VALUE = "of the living";
    private static final int WAITERS = 8;

    private static RedisProcess redis;
    private static RedisLink link;
    private static RedisLink secondLink;
    private static CacheStore cache;

    private final String tenant = "tenant-" + UUID.randomUUID();

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        link = RedisLink.to(LinkProbe.patientSettings(redis.url()));
        secondLink = RedisLink.to(LinkProbe.patientSettings(redis.url()));
        cache = new RedisCache(link);
        loadTheScripts();
    }

    /** A lost reply that Redis has no such script would lose the fill, too. */
    private static void loadTheScripts() {
        var key = DyingLoader.key("first");
        var write = new CacheWrite(key, CacheValue.of("value"), 600, 0, Set.of());
        cache.lookup("other", new CacheLookup(key, LoadOwner.random(), 0), patience())
                .toCompletableFuture()
                .join();
        cache.fill("other", write, LoadOwner.random(), patience())
                .toCompletableFuture()
                .join();
    }

    @AfterAll
    static void stop() {
        link.close();
        secondLink.close();
        redis.close();
    }

    @Test
    void aProcessKilledAtAnyStepDelaysNobodyPastItsLease() throws Exception {
        for (int i = 0; i < Rounds.of(1, 4); i++) {
            int round = i;
            Threads.each(steps(), step -> {
                var name = "process-" + step + "-" + round;
                try (var wire = FaultProxy.inFrontOf(redis)) {
                    killAt(step, name, wire);
                }
                assertTheOthersGoOn(step, DyingLoader.key(name));
            });
        }
    }

    /** Returns all steps in the deep suite, because each needs a JVM. */
    private static Step[] steps() {
        return Rounds.of(0, 1) == 0 ? new Step[] {Step.LOADING, Step.FILL_UNANSWERED} : Step.values();
    }

    private void killAt(Step step, String key, FaultProxy wire) throws IOException, InterruptedException {
        var loader = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        DyingLoader.class.getName(),
                        Integer.toString(wire.port()),
                        tenant,
                        key,
                        "3000",
                        step.name())
                .redirectErrorStream(true)
                .start();
        try (var output = loader.inputReader();
                var input = loader.outputWriter()) {
            assertThat(output.lines().anyMatch(line -> line.equals("at " + step)))
                    .isTrue();
            if (step == Step.FILL_UNANSWERED) {
                wire.swallowReplies();
                input.write('\n');
                input.flush();
                await().atMost(SLACK).until(() -> look(DyingLoader.key(key)) instanceof Fresh);
            }
            loader.destroyForcibly().waitFor(20, TimeUnit.SECONDS);
        } finally {
            loader.destroyForcibly();
        }
    }

    @Test
    void aLoaderCutOffAtAnyStepDelaysNobodyPastItsLease() throws Exception {
        for (int i = 0; i < Rounds.of(2, 20); i++) {
            int round = i;
            Threads.each(Step.values(), step -> {
                var key = DyingLoader.key("link-" + step + "-" + round);
                try (var wire = FaultProxy.inFrontOf(redis);
                        var cut = RedisLink.to(LinkProbe.patientSettings("redis://127.0.0.1:" + wire.port()))) {
                    var loader = new DyingLoader(new RedisCache(cut), step, () -> cutOff(step, wire));
                    Thread.startVirtualThread(() -> load(loader, key));
                    await().atMost(SLACK).until(() -> wire.traffic().connectionsReset() > 0);
                    assertTheOthersGoOn(step, key);
                }
            });
        }
    }

    private static void cutOff(Step step, FaultProxy wire) {
        if (step == Step.FILL_UNANSWERED) {
            wire.swallowRepliesAndReset();
        } else {
            wire.reset();
        }
    }

    private void load(DyingLoader loader, CacheKey key) {
        try {
            loader.load(tenant, key, 500);
        } catch (Exception e) {
            // The loader is dead to all others.
        }
    }

    private void assertTheOthersGoOn(Step step, CacheKey key) throws Exception {
        // A filled value has no lease, and on a busy machine the lease may have ended.
        var end = look(key).load() instanceof Loading(var expiresAt, var _) ? expiresAt : Instant.MIN;
        var processes =
                List.of(new CachedExecutor(cache, BUDGET), new CachedExecutor(new RedisCache(secondLink), BUDGET));
        var request = CachedRequest.of(key, new DyingLoader.Texts(), 600)
                .withLease(60_000)
                .withWait(20_000, false);
        var loads = new AtomicInteger();
        var from = Instant.now();
        Threads.together(WAITERS, waiter -> {
            var value = processes
                    .get(waiter % 2)
                    .call(tenant, request, patience(), () -> {
                        loads.incrementAndGet();
                        assertThat(Instant.now()).isAfterOrEqualTo(end);
                        return VALUE;
                    })
                    .value();
            assertThat(value).contains(step == Step.FILL_UNANSWERED ? DyingLoader.VALUE : VALUE);
        });
        assertThat(Instant.now()).isBefore((end.isAfter(from) ? end : from).plus(SLACK));
        assertThat(loads).hasValue(step == Step.FILL_UNANSWERED ? 0 : 1);
    }

    private LookupOutcome look(CacheKey key) {
        var lookup = new CacheLookup(key, LoadOwner.random(), 0);
        var decision =
                cache.lookup(tenant, lookup, patience()).toCompletableFuture().join();
        assertThat(decision).isInstanceOf(Decided.class);
        return ((Decided<LookupOutcome>) decision).value();
    }

    private static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(40));
    }
}
