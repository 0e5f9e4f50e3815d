// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.redis.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Runs reads, writes and their ends in orders that a real server rarely produces. */
class PolicyCacheTest {

    private static final Limit STRICT = Limit.of("api", 10, 60);
    private static final Limit GENEROUS = Limit.of("api", 1_000, 60);
    private static final StoredPolicies STORED_STRICT = stored("1", STRICT);
    private static final StoredPolicies STORED_GENEROUS = stored("2", GENEROUS);

    /** Completes each read when the test does. */
    private static final class SlowReader implements PolicyCache.Reader {

        record Read(
                String tenant,
                @Nullable StoredPolicies known,
                Deadline deadline,
                CompletableFuture<Decision<StoredPolicies>> decision) {

            void returns(StoredPolicies stored) {
                decision.complete(new Decided<>(stored, Source.REDIS));
            }

            void fails() {
                decision.complete(new Unavailable<>(Duration.ofSeconds(1)));
            }
        }

        final ConcurrentLinkedQueue<Read> reads = new ConcurrentLinkedQueue<>();

        @Override
        public CompletionStage<Decision<StoredPolicies>> read(
                String tenant, @Nullable StoredPolicies known, Deadline deadline) {
            var read = new Read(tenant, known, deadline, new CompletableFuture<>());
            reads.add(read);
            return read.decision;
        }

        Read onlyRead() {
            assertThat(reads).hasSize(1);
            return reads.remove();
        }
    }

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 3_000_000_000L); // Overflows.
    private final SlowReader reader = new SlowReader();
    private final PolicyCache cache = new PolicyCache(reader, now::get, Duration.ofSeconds(7));
    private final AtomicInteger changes = new AtomicInteger();

    PolicyCacheTest() {
        cache.onChange(changes::incrementAndGet);
    }

    @Test
    void youngPoliciesAreNotReadAgain() {
        given(STORED_STRICT);
        after(Duration.ofSeconds(5).minusNanos(1));

        assertThat(limitIn(get())).isEqualTo(decided(STRICT, Source.REDIS));
        assertThat(reader.reads).isEmpty();
    }

    @Test
    void theAgeCountsFromTheStartOfTheRead() {
        var decision = get();
        after(Duration.ofSeconds(5));
        reader.onlyRead().returns(STORED_STRICT);
        assertThat(limitIn(decision)).isEqualTo(decided(STRICT, Source.REDIS));

        get();
        assertThat(reader.reads).hasSize(1);
    }

    @Test
    void duePoliciesAreUsedWhileTheyAreRead() {
        given(STORED_STRICT);
        after(Duration.ofSeconds(5));

        assertThat(limitIn(get())).isEqualTo(decided(STRICT, Source.REDIS));
        assertThat(limitIn(get())).isEqualTo(decided(STRICT, Source.REDIS));
        var reading = reader.onlyRead();
        assertThat(reading.known()).isEqualTo(STORED_STRICT);
        assertThat(Duration.ofNanos(reading.deadline().remainingNanos()))
                .as("not the caller's deadline")
                .isBetween(Duration.ofSeconds(2), Duration.ofSeconds(7));

        reading.returns(STORED_GENEROUS);
        assertThat(limitIn(get())).isEqualTo(decided(GENEROUS, Source.REDIS));
        assertThat(reader.reads).isEmpty();
    }

    @Test
    void oldPoliciesAreNotUsedBeforeTheyAreRead() {
        given(STORED_STRICT);
        after(Duration.ofSeconds(10));

        var decision = get();
        assertThat(decision).isNotDone();
        reader.onlyRead().returns(STORED_GENEROUS);
        assertThat(limitIn(decision)).isEqualTo(decided(GENEROUS, Source.REDIS));
    }

    @Test
    void aCallerWithOldPoliciesJoinsTheBackgroundRead() {
        given(STORED_STRICT);
        after(Duration.ofSeconds(5));
        get();
        after(Duration.ofSeconds(5));

        var decision = get();
        assertThat(decision).isNotDone();
        reader.onlyRead().returns(STORED_GENEROUS);
        assertThat(limitIn(decision)).isEqualTo(decided(GENEROUS, Source.REDIS));
    }

    @Test
    void concurrentCallersShareOneRead() throws Exception {
        for (int round = 0; round < 50; round++) {
            after(Duration.ofSeconds(10));
            var decisions = new ConcurrentLinkedQueue<CompletableFuture<Decision<PolicySnapshot>>>();
            var calls = new AtomicInteger();
            PoliciesContract.together(8, thread -> {
                decisions.add(get());
                // Some callers join the read, and the later ones find its result.
                if (calls.incrementAndGet() == 4) {
                    await().until(() -> !reader.reads.isEmpty());
                    reader.reads.element().returns(STORED_STRICT);
                }
            });
            reader.onlyRead();
            assertThat(decisions).hasSize(8).allSatisfy(decision -> assertThat(limitIn(decision))
                    .isEqualTo(decided(STRICT, Source.REDIS)));
        }
    }

    @Test
    void oldPoliciesStayInUseWhileTheyCannotBeRead() {
        given(STORED_STRICT);
        for (var age : List.of(Duration.ofSeconds(10), Duration.ofHours(1), Duration.ofDays(30))) {
            after(age);
            var decision = get();
            reader.onlyRead().fails();
            assertThat(limitIn(decision)).isEqualTo(decided(STRICT, Source.LOCAL));
        }
        var decision = get();
        reader.onlyRead().returns(STORED_GENEROUS);
        assertThat(limitIn(decision)).isEqualTo(decided(GENEROUS, Source.REDIS));
        assertThat(limitIn(get())).isEqualTo(decided(GENEROUS, Source.REDIS));
        assertThat(reader.reads).isEmpty();
    }

    @Test
    void duePoliciesThatCannotBeReadStillCountAsRead() {
        given(STORED_STRICT);
        after(Duration.ofSeconds(9));
        get();
        reader.onlyRead().fails();

        assertThat(limitIn(get())).isEqualTo(decided(STRICT, Source.REDIS));
        reader.onlyRead().returns(STORED_GENEROUS);
        assertThat(limitIn(get())).isEqualTo(decided(GENEROUS, Source.REDIS));
    }

    @Test
    void unknownPoliciesThatCannotBeReadAreUnavailable() {
        var decision = get();
        reader.onlyRead().fails();
        assertThat(limitIn(decision)).isInstanceOf(Unavailable.class);

        get();
        assertThat(reader.reads).as("read again").hasSize(1);
    }

    @Test
    void aCallerWaitsForAReadUntilItsOwnDeadline() {
        var patient = get();
        var hasty = get(Duration.ofMillis(50));
        assertThat(limitIn(hasty)).isInstanceOf(Unavailable.class);
        assertThat(patient).isNotDone();
        reader.onlyRead().returns(STORED_STRICT);
        assertThat(limitIn(patient)).isEqualTo(decided(STRICT, Source.REDIS));

        after(Duration.ofSeconds(10));
        patient = get();
        assertThat(limitIn(get(Duration.ofMillis(50)))).isEqualTo(decided(STRICT, Source.LOCAL));
        assertThat(limitIn(get(Duration.ZERO))).isEqualTo(decided(STRICT, Source.LOCAL));
        assertThat(patient).isNotDone();
        reader.onlyRead();
    }

    @Test
    void callersAfterAWriteDoNotJoinAnEarlierRead() {
        given(STORED_STRICT);
        after(Duration.ofSeconds(10));
        var before = get();
        var early = reader.onlyRead();

        cache.apply("tenant", snapshot -> snapshot.with(GENEROUS));
        var after = get();
        var late = reader.onlyRead();

        late.returns(STORED_GENEROUS);
        assertThat(limitIn(after)).isEqualTo(decided(GENEROUS, Source.REDIS));
        early.returns(STORED_STRICT);
        assertThat(limitIn(before)).isEqualTo(decided(STRICT, Source.REDIS));
        assertThat(limitIn(get())).isEqualTo(decided(GENEROUS, Source.REDIS));
        assertThat(reader.reads).isEmpty();
    }

    @Test
    void anEarlierReadDoesNotHideAWrite() {
        given(STORED_STRICT);
        after(Duration.ofSeconds(5));
        get();
        var early = reader.onlyRead();
        cache.apply("tenant", snapshot -> snapshot.with(GENEROUS));
        early.returns(STORED_STRICT);

        var after = get();
        assertThat(after).isNotDone();
        reader.onlyRead().fails();
        assertThat(limitIn(after)).as("includes the write").isEqualTo(decided(GENEROUS, Source.LOCAL));
    }

    @Test
    void aReadDuringWhichTheProcessWasFrozenIsRepeated() {
        given(STORED_STRICT);
        after(Duration.ofSeconds(5));
        get();
        var frozen = reader.onlyRead();
        after(Duration.ofHours(1));

        var decision = get();
        var another = get();
        frozen.returns(STORED_STRICT);
        assertThat(decision).isNotDone();
        reader.onlyRead().returns(STORED_GENEROUS);
        assertThat(limitIn(decision)).isEqualTo(decided(GENEROUS, Source.REDIS));
        assertThat(limitIn(another)).isEqualTo(decided(GENEROUS, Source.REDIS));
        assertThat(limitIn(get())).isEqualTo(decided(GENEROUS, Source.REDIS));
    }

    @Test
    void aReadThatFailsBecauseTheProcessWasFrozenIsRepeated() {
        given(STORED_STRICT);
        after(Duration.ofSeconds(5));
        get();
        var frozen = reader.onlyRead();
        after(Duration.ofHours(1));

        var decision = get();
        frozen.fails();
        reader.onlyRead().returns(STORED_GENEROUS);
        assertThat(limitIn(decision)).isEqualTo(decided(GENEROUS, Source.REDIS));
    }

    @Test
    void aFirstReadIsRepeatedAfterAWrite() {
        var before = get();
        cache.apply("tenant", snapshot -> snapshot.with(GENEROUS));
        var after = get();
        assertThat(reader.reads).hasSize(2);

        reader.reads.remove().returns(stored("0"));
        assertThat(limitIn(before)).isInstanceOf(Decided.class);
        assertThat(after).isNotDone();
        reader.onlyRead().returns(STORED_GENEROUS);
        assertThat(limitIn(after)).isEqualTo(decided(GENEROUS, Source.REDIS));
    }

    @Test
    void aReadThatThrowsDoesNotBlockLaterCallers() {
        given(STORED_STRICT);
        after(Duration.ofSeconds(10));
        var first = get();
        reader.onlyRead().decision().completeExceptionally(new IllegalStateException("a fault of the program"));
        assertThat(first).isCompletedExceptionally();

        var second = get();
        reader.onlyRead().returns(STORED_GENEROUS);
        assertThat(limitIn(second)).isEqualTo(decided(GENEROUS, Source.REDIS));
    }

    @Test
    void aChangeIsReportedOnceAndBeforeTheNewPolicies() {
        given(STORED_STRICT);
        assertThat(changes).as("nothing was known before").hasValue(0);
        after(Duration.ofSeconds(10));
        get();
        reader.onlyRead().returns(STORED_STRICT);
        assertThat(changes).as("the same").hasValue(0);

        after(Duration.ofSeconds(10));
        var changesSoFar = new ArrayList<Integer>();
        get().thenAccept(_ -> changesSoFar.add(changes.get()));
        reader.onlyRead().returns(STORED_GENEROUS);
        assertThat(changesSoFar).containsExactly(1);

        cache.apply("stranger", snapshot -> snapshot);
        assertThat(changes).as("nothing of it is cached").hasValue(1);
    }

    @Test
    void aLimitedNumberOfTenantsIsCached() {
        for (int n = 0; n < 2 * PolicyCache.MAX_TENANTS; n++) {
            cache.get("t" + n, Deadline.in(Duration.ofSeconds(20)));
            reader.onlyRead().returns(STORED_STRICT);
        }
        for (int n = 0; n < 2 * PolicyCache.MAX_TENANTS; n++) {
            cache.get("t" + n, Deadline.in(Duration.ofMillis(1)));
        }
        assertThat(reader.reads).hasSizeGreaterThanOrEqualTo(PolicyCache.MAX_TENANTS);
    }

    @Test
    void aTenantWhosePoliciesCannotBeReadTakesNoPlace() {
        for (int n = 0; n < PolicyCache.MAX_TENANTS; n++) {
            cache.get("t" + n, Deadline.in(Duration.ofSeconds(20)));
            reader.onlyRead().returns(STORED_STRICT);
        }
        for (int n = 0; n < PolicyCache.MAX_TENANTS; n++) {
            cache.get("x" + n, Deadline.in(Duration.ofSeconds(20)));
            reader.onlyRead().fails();
        }
        for (int n = 0; n < PolicyCache.MAX_TENANTS; n++) {
            cache.get("t" + n, Deadline.in(Duration.ofSeconds(20)));
        }
        assertThat(reader.reads).isEmpty();
    }

    private void given(StoredPolicies stored) {
        get();
        reader.onlyRead().returns(stored);
    }

    private void after(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private CompletableFuture<Decision<PolicySnapshot>> get() {
        return get(Duration.ofSeconds(20));
    }

    private CompletableFuture<Decision<PolicySnapshot>> get(Duration budget) {
        return cache.get("tenant", Deadline.in(budget)).toCompletableFuture();
    }

    /** Returns the limit that applies and its source, or unavailable. */
    private static Decision<Limit> limitIn(CompletableFuture<Decision<PolicySnapshot>> decision) {
        return decision.join().map(snapshot -> snapshot.limitFor("api", "a"));
    }

    private static Decision<Limit> decided(Limit limit, Source source) {
        return new Decided<>(limit, source);
    }

    private static StoredPolicies stored(String version, Limit... policies) {
        return new StoredPolicies(version, PolicySnapshot.EMPTY.withStored(List.of(policies), Map.of()), Set.of());
    }
}
