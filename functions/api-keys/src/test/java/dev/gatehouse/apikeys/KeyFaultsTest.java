// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.apikeys;

import static dev.gatehouse.apikeys.KeyCaller.ACME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.apikeys.Verification.Invalid;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.LinkProbe;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.testkit.Threads;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.proxy.WireFault;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Keys under network faults: a repeated operation takes effect once, and a valid key is never rejected. */
class KeyFaultsTest {

    private static final Duration BUDGET = Duration.ofSeconds(1);

    private static RedisProcess redis;
    private static RedisLink undisturbed;

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        undisturbed = RedisLink.to(LinkProbe.patientSettings(redis.url()));
    }

    @AfterAll
    static void stop() {
        undisturbed.close();
        redis.close();
    }

    @Test
    void underAnyFaultRepeatingAnOperationHasOneOutcome() throws Exception {
        Threads.each(WireFault.values(), fault -> {
            try (var wire = FaultProxy.inFrontOf(redis);
                    var link = RedisLink.to(RedisSettings.of(wire.host(), wire.port()))) {
                var tenant = "tenant-" + UUID.randomUUID();
                var keys = new RedisIssuedKeys(link);
                var observer = new KeyCaller(new RedisIssuedKeys(undisturbed), tenant);
                var made = observer.issued(ACME);
                untilDecided(() -> keys.list(tenant, ACME, soon()));

                var secret = KeySecret.random(ACME);
                var issued = through(fault, wire, () -> keys.issue(tenant, KeyCaller.request(ACME, secret), soon()));
                assertThat(issued).isInstanceOf(Issuance.Issued.class);
                assertThat(observer.list(ACME)).hasSize(2);

                var successor = KeySecret.randomFor(made.id());
                through(fault, wire, () -> keys.rotate(tenant, made.id(), successor, Duration.ofMinutes(1), soon()));
                assertThat(observer.list(ACME)).hasSize(3);

                var verification =
                        through(fault, wire, () -> keys.verify(tenant, made.presented(), new TreeSet<>(), soon()));
                assertThat(verification).isInstanceOf(Verification.Valid.class);

                through(fault, wire, () -> keys.revoke(tenant, made.id(), soon()));
                assertThat(observer.verify(made.presented())).isEqualTo(new Invalid());
                assertThat(observer.list(ACME)).hasSize(2);
            }
        });
    }

    /** Calls during the fault, in time, and then until there is a decision. No decision may contradict the last. */
    private static <T> T through(WireFault fault, FaultProxy wire, Supplier<CompletionStage<Decision<T>>> call) {
        fault.strike(wire);
        long start = System.nanoTime();
        var during = call.get().toCompletableFuture().join();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(BUDGET.plusSeconds(4));
        wire.pass();
        var after = untilDecided(call);
        if (during instanceof Decided<T>(var value, var _) && !(value instanceof Boolean)) {
            assertThat(value.getClass()).isEqualTo(after.getClass());
        }
        return after;
    }

    private static <T> T untilDecided(Supplier<CompletionStage<Decision<T>>> call) {
        var decided = new AtomicReference<T>();
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            if (call.get().toCompletableFuture().join() instanceof Decided<T>(var value, var _)) {
                decided.set(value);
                return true;
            }
            return false;
        });
        return decided.get();
    }

    private static Deadline soon() {
        return Deadline.in(BUDGET);
    }
}
