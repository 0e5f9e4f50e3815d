// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.ratelimit.InvalidLimit;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.algorithm.CalendarPeriod;
import dev.gatehouse.ratelimit.policy.Policies.StoreResult;
import dev.gatehouse.redis.Deadline;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Tests the contract of {@link Policies}. */
abstract class PoliciesContract {

    static final Limit STRICT = Limit.of("api", 10, 60);
    static final Limit GENEROUS = Limit.of("api", 1_000, 60);

    /** Differs between tests, so that they are isolated. */
    private final String tenant = "tenant-" + UUID.randomUUID();

    abstract Policies policies();

    abstract Decision.Source source();

    String tenant() {
        return tenant;
    }

    @Test
    void aPolicyThatWasNeverStoredIsUnknown() {
        assertThat(find("api")).isEmpty();
        assertThat(book().limitFor("api", "a")).isNull();
        assertThat(remove("api")).isFalse();
        assertThat(removeOverride("api", "a")).isFalse();
    }

    @Test
    void anyLimitCanBeStoredAsAPolicy() {
        var limits = List.of(
                new Limit("a", 100, 60, 20),
                Limit.of("b", 0, 60),
                Limit.sliding("c", 5, 1).inShadow(),
                Limit.fixed("d", Limit.MAX_UNITS, Limit.MAX_WINDOW_SECONDS).whenDown(FallbackPolicy.OPEN),
                Limit.calendar("e", 7, CalendarPeriod.MONTH, ZoneId.of("Europe/Berlin"))
                        .whenDown(FallbackPolicy.CLOSED),
                Limit.unlimited("F-._0").inShadow().whenDown(FallbackPolicy.LOCAL));
        for (var limit : limits) {
            assertThat(put(limit)).isEqualTo(StoreResult.STORED);
        }

        var book = book();
        for (var limit : limits) {
            assertThat(find(limit.name())).contains(limit);
            assertThat(book.limitFor(limit.name(), "anybody")).isEqualTo(limit);
        }
        assertThat(book.limitFor("f-._0", "anybody")).isNull();
    }

    @Test
    void anOverrideReplacesThePolicyForItsSubjectOnly() {
        put(STRICT);
        put(Limit.of("other", 5, 60));

        assertThat(override("vip", GENEROUS)).isEqualTo(StoreResult.STORED);

        var book = book();
        assertThat(book.limitFor("api", "vip")).isEqualTo(GENEROUS);
        assertThat(book.limitFor("api", "Vip")).isEqualTo(STRICT);
        assertThat(book.limitFor("other", "vip")).isEqualTo(Limit.of("other", 5, 60));
        assertThat(find("api")).contains(STRICT);
    }

    @Test
    void anOverrideIsReplacedAndRemoved() {
        put(STRICT);
        override("vip", GENEROUS);
        assertThat(override("vip", Limit.unlimited("api"))).isEqualTo(StoreResult.STORED);
        assertThat(book().limitFor("api", "vip")).isEqualTo(Limit.unlimited("api"));

        assertThat(removeOverride("api", "vip")).isTrue();
        assertThat(removeOverride("api", "vip")).isFalse();
        assertThat(book().limitFor("api", "vip")).isEqualTo(STRICT);
    }

    @Test
    void aPolicyThatIsReplacedKeepsItsOverrides() {
        put(STRICT);
        override("vip", GENEROUS);
        var changed = Limit.sliding("api", 3, 10);
        assertThat(put(changed)).isEqualTo(StoreResult.STORED);

        assertThat(book().limitFor("api", "vip")).isEqualTo(GENEROUS);
        assertThat(book().limitFor("api", "a")).isEqualTo(changed);
    }

    @Test
    void aPolicyIsRemovedWithItsOverridesAndNoOthers() {
        for (var name : List.of("api", "ap", "apis", "api.x")) {
            put(Limit.of(name, 10, 60));
            override("vip", Limit.of(name, 99, 60));
        }

        assertThat(remove("api")).isTrue();
        assertThat(remove("api")).isFalse();

        assertThat(find("api")).isEmpty();
        assertThat(book().limitFor("api", "vip")).isNull();
        for (var name : List.of("ap", "apis", "api.x")) {
            assertThat(book().limitFor(name, "vip")).isEqualTo(Limit.of(name, 99, 60));
        }
        put(STRICT);
        assertThat(book().limitFor("api", "vip")).isEqualTo(STRICT);
    }

    @Test
    void thereIsNoOverrideWithoutItsPolicy() {
        assertThat(override("vip", GENEROUS)).isEqualTo(StoreResult.NO_SUCH_POLICY);
        put(STRICT);
        assertThat(book().limitFor("api", "vip")).isEqualTo(STRICT);
    }

    @Test
    void repeatingAWriteChangesNothing() {
        for (int i = 0; i < 3; i++) {
            assertThat(put(STRICT)).isEqualTo(StoreResult.STORED);
            assertThat(override("vip", GENEROUS)).isEqualTo(StoreResult.STORED);
            assertThat(book().limitFor("api", "vip")).isEqualTo(GENEROUS);
            assertThat(book().limitFor("api", "a")).isEqualTo(STRICT);
        }
    }

    @Test
    void aSnapshotShowsOneMoment() {
        put(STRICT);
        override("vip", GENEROUS);
        var before = book();

        override("a", GENEROUS);
        removeOverride("api", "vip");
        put(Limit.of("api", 1, 1));
        remove("api");

        assertThat(before.limitFor("api", "vip")).isEqualTo(GENEROUS);
        assertThat(before.limitFor("api", "a")).isEqualTo(STRICT);
    }

    @Test
    void tenantsAreIsolated() {
        put(STRICT);
        override("vip", GENEROUS);
        var other = tenant + "2";

        assertThat(decided(policies().snapshot(other, patience())).limitFor("api", "vip"))
                .isNull();
        assertThat(decided(policies().find(other, "api", patience()))).isEmpty();
        assertThat(decided(policies().override(other, "vip", PolicyOverride.of(GENEROUS), patience())))
                .isEqualTo(StoreResult.NO_SUCH_POLICY);
        assertThat(decided(policies().removeOverride(other, "api", "vip", patience())))
                .isEqualTo(false);
        assertThat(decided(policies().remove(other, "api", patience()))).isEqualTo(false);
        assertThat(book().limitFor("api", "vip")).isEqualTo(GENEROUS);
    }

    @Test
    void aTenantHasAtMostAThousandPolicies() {
        await(
                n -> policies().put(tenant, Limit.of("p" + n, 1, 1), patience()),
                Policies.MAX_POLICIES,
                StoreResult.STORED);

        assertThat(put(STRICT)).isEqualTo(StoreResult.TOO_MANY);
        assertThat(find("api")).isEmpty();
        assertThat(put(Limit.of("p7", 2, 1))).isEqualTo(StoreResult.STORED);
        assertThat(book().limitFor("p7", "a")).isEqualTo(Limit.of("p7", 2, 1));
        assertThat(book().limitFor("p999", "a")).isEqualTo(Limit.of("p999", 1, 1));

        remove("p8");
        assertThat(put(STRICT)).isEqualTo(StoreResult.STORED);
        assertThat(put(Limit.of("p8", 1, 1))).isEqualTo(StoreResult.TOO_MANY);
    }

    @Test
    void aTenantHasAtMostTenThousandOverrides() {
        for (int n = 0; n < 20; n++) {
            put(Limit.of("p" + n, 1, 1));
        }
        await(
                n -> policies()
                        .override(tenant, "s" + n, PolicyOverride.of(Limit.of("p" + n % 20, 2 + n % 5, 1)), patience()),
                Policies.MAX_OVERRIDES,
                StoreResult.STORED);

        assertThat(override("vip", Limit.of("p0", 1, 1))).isEqualTo(StoreResult.TOO_MANY);
        assertThat(override("s0", Limit.of("p0", 50, 1))).isEqualTo(StoreResult.STORED);
        var book = book();
        assertThat(book.limitFor("p0", "vip")).isEqualTo(Limit.of("p0", 1, 1));
        assertThat(book.limitFor("p0", "s0")).isEqualTo(Limit.of("p0", 50, 1));
        for (int n = 1; n < Policies.MAX_OVERRIDES; n++) {
            assertThat(book.limitFor("p" + n % 20, "s" + n)).isEqualTo(Limit.of("p" + n % 20, 2 + n % 5, 1));
        }

        removeOverride("p1", "s1");
        assertThat(override("vip", Limit.of("p0", 3, 1))).isEqualTo(StoreResult.STORED);
        assertThat(override("vip2", Limit.of("p0", 3, 1))).isEqualTo(StoreResult.TOO_MANY);
        remove("p3");
        await(
                n -> policies().override(tenant, "t" + n, PolicyOverride.of(Limit.of("p0", 3, 1)), patience()),
                Policies.MAX_OVERRIDES / 20,
                StoreResult.STORED);
        assertThat(override("vip2", Limit.of("p0", 3, 1))).isEqualTo(StoreResult.TOO_MANY);
    }

    @Test
    void racingWritesTakeEffectInSomeOrder() throws Exception {
        var sound = new AtomicInteger();
        together(6, _ -> {
            var random = ThreadLocalRandom.current();
            for (int i = 0; i < 150; i++) {
                var name = "p" + random.nextInt(3);
                var subject = "s" + random.nextInt(3);
                switch (random.nextInt(5)) {
                    case 0 -> put(Limit.of(name, 10, 60));
                    case 1, 2 -> override(subject, Limit.of(name, 20, 60));
                    case 3 -> removeOverride(name, subject);
                    default -> {
                        if (random.nextInt(3) == 0) {
                            remove(name);
                        }
                    }
                }
                var applies = book().limitFor(name, subject);
                if (applies == null || applies.name().equals(name)) {
                    sound.incrementAndGet();
                }
            }
        });

        assertThat(sound.get()).isEqualTo(6 * 150);
        var book = book();
        for (int n = 0; n < 3; n++) {
            var name = "p" + n;
            assertThat(find(name).isPresent()).isEqualTo(book.limitFor(name, "nobody") != null);
            assertThat(remove(name)).isEqualTo(book.limitFor(name, "nobody") != null);
            put(Limit.of(name, 10, 60));
            for (int s = 0; s < 3; s++) {
                assertThat(book().limitFor(name, "s" + s)).isEqualTo(Limit.of(name, 10, 60));
                assertThat(removeOverride(name, "s" + s)).isFalse();
            }
        }
    }

    @Test
    void racingPutsNeverExceedTheMaximum() throws Exception {
        await(
                n -> policies().put(tenant, Limit.of("p" + n, 1, 1), patience()),
                Policies.MAX_POLICIES - 5,
                StoreResult.STORED);
        var stored = new AtomicInteger();
        together(8, thread -> {
            for (int i = 0; i < 3; i++) {
                if (put(Limit.of("q" + thread + "." + i, 1, 1)) == StoreResult.STORED) {
                    stored.incrementAndGet();
                }
            }
        });
        assertThat(stored.get()).isEqualTo(5);
    }

    @Test
    void localWritesAreReportedToListeners() {
        var changes = new AtomicInteger();
        put(STRICT);
        var policies = policies();
        decided(policies.snapshot(tenant, patience()));
        policies.onChange(changes::incrementAndGet);

        decided(policies.put(tenant, GENEROUS, patience()));
        assertThat(changes).hasValue(1);
        decided(policies.override(tenant, "vip", PolicyOverride.of(STRICT), patience()));
        assertThat(changes).hasValue(2);
        decided(policies.removeOverride(tenant, "api", "vip", patience()));
        assertThat(changes).hasValue(3);
        decided(policies.remove(tenant, "api", patience()));
        assertThat(changes).hasValue(4);
        decided(policies.remove(tenant, "api", patience()));
        decided(policies.override(tenant, "vip", PolicyOverride.of(STRICT), patience()));
        assertThat(changes).as("nothing was changed").hasValue(4);
    }

    @Test
    void invalidNamesAndSubjectsAreRejected() {
        for (var name : List.of("", "a b", "a:b", "ä", "a".repeat(65))) {
            assertInvalid("name", () -> policies().find(tenant, name, patience()));
            assertInvalid("name", () -> policies().remove(tenant, name, patience()));
            assertInvalid("name", () -> policies().removeOverride(tenant, name, "a", patience()));
        }
        for (var subject : List.of("", "a".repeat(513), "\ud800")) {
            assertInvalid("subject", () -> policies().override(tenant, subject, PolicyOverride.of(STRICT), patience()));
            assertInvalid("subject", () -> policies().removeOverride(tenant, "api", subject, patience()));
        }
    }

    @Test
    void aSnapshotAcceptsInvalidSubjects() {
        put(STRICT);
        override("vip", GENEROUS);
        for (var subject : List.of("", "a".repeat(513), "\ud800")) {
            assertThat(book().limitFor("api", subject)).isEqualTo(STRICT);
            assertThat(book().limitFor("a b", subject)).isNull();
        }
    }

    StoreResult put(Limit policy) {
        return decided(policies().put(tenant, policy, patience()));
    }

    boolean remove(String name) {
        return decided(policies().remove(tenant, name, patience()));
    }

    StoreResult override(String subject, Limit limit) {
        return decided(policies().override(tenant, subject, PolicyOverride.of(limit), patience()));
    }

    boolean removeOverride(String name, String subject) {
        return decided(policies().removeOverride(tenant, name, subject, patience()));
    }

    Optional<Limit> find(String name) {
        return decided(policies().find(tenant, name, patience())).map(Policy::limit);
    }

    PolicySnapshot book() {
        return decided(policies().snapshot(tenant, patience()));
    }

    private <T> T decided(CompletionStage<Decision<T>> decision) {
        assertThat(decision.toCompletableFuture().join()).isInstanceOf(Decided.class);
        var decided = (Decided<T>) decision.toCompletableFuture().join();
        assertThat(decided.source()).isEqualTo(source());
        return decided.value();
    }

    static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(20));
    }

    @Test
    void policiesThatNoClientCanReachAreRejected() {
        for (var name : List.of(".", "..")) {
            assertInvalid("name", () -> put(Limit.of(name, 10, 60)));
            assertInvalid("name", () -> override("vip", Limit.of(name, 10, 60)));
            assertThat(find(name)).isEmpty();
            assertThat(remove(name)).isFalse();
            assertThat(book().storedPolicies()).isZero();
        }
        assertThat(put(Limit.of("...", 10, 60))).isEqualTo(StoreResult.STORED);
    }

    private static void assertInvalid(String field, Runnable call) {
        assertThatExceptionOfType(InvalidLimit.class)
                .isThrownBy(call::run)
                .satisfies(invalid -> assertThat(invalid.field()).isEqualTo(field));
    }

    private interface Numbered<T> {
        CompletionStage<Decision<T>> run(int n);
    }

    /** Runs an operation {@code times} times, a hundred at once, and expects the same outcome of all. */
    private <T> void await(Numbered<? extends T> operation, int times, T expected) {
        for (int n = 0; n < times; n += 100) {
            var decisions = new ArrayList<CompletionStage<? extends Decision<? extends T>>>();
            for (int i = n; i < Math.min(n + 100, times); i++) {
                decisions.add(operation.run(i));
            }
            for (var decision : decisions) {
                assertThat(decision.toCompletableFuture().join()).isEqualTo(new Decided<>(expected, source()));
            }
        }
    }

    interface Work {
        void run(int thread);
    }

    static void together(int threads, Work work) throws Exception {
        var barrier = new CyclicBarrier(threads);
        try (var pool = Executors.newFixedThreadPool(threads)) {
            var done = new ArrayList<Future<?>>();
            for (int i = 0; i < threads; i++) {
                int thread = i;
                done.add(pool.submit(() -> {
                    barrier.await();
                    work.run(thread);
                    return null;
                }));
            }
            for (var each : done) {
                each.get();
            }
        }
    }
}
