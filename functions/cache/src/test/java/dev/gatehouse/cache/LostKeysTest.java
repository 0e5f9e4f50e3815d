// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.cache.FillOutcome.LeaseLost;
import dev.gatehouse.cache.LookupOutcome.Fresh;
import dev.gatehouse.cache.LookupOutcome.LoadState.Leased;
import dev.gatehouse.cache.LookupOutcome.Missing;
import dev.gatehouse.cache.LookupOutcome.Stale;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.LinkProbe;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Redis loses the head, the entry, the lease, or several of them: values are missing, and old ones never return. */
class LostKeysTest {

    private static final Optional<String> SCOPE = Optional.of("products");
    private static final CacheKey KEY = CacheKey.of(SCOPE, "k");
    private static final CacheKey OTHER = CacheKey.of(SCOPE, "other");
    private static final LoadOwner ADA = new LoadOwner("ada");
    private static final LoadOwner GRACE = new LoadOwner("grace");

    private static RedisProcess redis;
    private static RedisLink link;
    private static CacheStore cache;

    private final String tenant = "tenant-" + UUID.randomUUID();

    /** A Redis key of {@link #KEY}. */
    enum Part {
        HEAD,
        ENTRY,
        LEASE;

        String name(String tenant) {
            return switch (this) {
                case HEAD -> CacheKey.headName(tenant, SCOPE.orElseThrow());
                case ENTRY -> KEY.entryName(tenant);
                case LEASE -> KEY.leaseName(tenant);
            };
        }
    }

    enum Change {
        KEY_INVALIDATED,
        TAG_INVALIDATED,
        SCOPE_INVALIDATED,
        PUT
    }

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        link = RedisLink.to(LinkProbe.patientSettings(redis.url()));
        cache = new RedisCache(link);
    }

    @AfterAll
    static void stop() {
        link.close();
        redis.close();
    }

    static List<Set<Part>> losses() {
        return IntStream.range(1, 1 << Part.values().length)
                .<Set<Part>>mapToObj(bits -> {
                    var lost = EnumSet.allOf(Part.class);
                    lost.removeIf(part -> (bits >> part.ordinal() & 1) == 0);
                    return lost;
                })
                .toList();
    }

    static Stream<Arguments> lossesAndChanges() {
        return losses().stream().flatMap(lost -> Stream.of(Change.values()).map(change -> Arguments.of(lost, change)));
    }

    @ParameterizedTest
    @MethodSource("losses")
    void afterALossTheValueIsMissingUnlessOnlyItsLeaseIsLost(Set<Part> lost) {
        leased(ADA);
        assertThat(fill(ADA, "value")).isInstanceOf(FillOutcome.Filled.class);
        lose(lost);

        if (lost.equals(Set.of(Part.LEASE))) {
            assertThat(look(KEY, 0)).isInstanceOf(Fresh.class);
        } else {
            assertThat(look(KEY, 0)).isInstanceOf(Missing.class);
            reopenTheScope();
            assertThat(look(KEY, 0)).isInstanceOf(Missing.class);
        }
    }

    @ParameterizedTest
    @MethodSource("losses")
    void afterALossOfHeadOrLeaseTheLoadIsVoid(Set<Part> lost) {
        leased(ADA);
        lose(lost);

        if (lost.equals(Set.of(Part.ENTRY))) {
            assertThat(fill(ADA, "value")).isInstanceOf(FillOutcome.Filled.class);
        } else {
            assertThat(fill(ADA, "value")).isInstanceOf(LeaseLost.class);
            reopenTheScope();
            assertThat(fill(ADA, "value")).isInstanceOf(LeaseLost.class);
            assertThat(look(KEY, 0)).isInstanceOf(Missing.class);
            assertThat(look(KEY, 10_000).load()).as("the next load").isInstanceOf(Leased.class);
        }
    }

    @ParameterizedTest
    @MethodSource("lossesAndChanges")
    void noLossAfterAChangeBringsTheOldValueBack(Set<Part> lost, Change change) {
        storeOldAndLoadAgain();
        change(change);
        lose(lost);

        assertNothingOld(change);
    }

    @ParameterizedTest
    @MethodSource("lossesAndChanges")
    void noLossBeforeAChangeBringsTheOldValueBack(Set<Part> lost, Change change) {
        storeOldAndLoadAgain();
        lose(lost);
        change(change);

        assertNothingOld(change);
    }

    /** Stores an old value with a tag, and begins another load of it. */
    private void storeOldAndLoadAgain() {
        leased(ADA);
        fill(ADA, "old");
        invalidate(new Invalidation(SCOPE, List.of(KEY), Set.of(), false, true));
        assertThat(leased(GRACE)).isInstanceOf(Stale.class);
    }

    private void change(Change change) {
        switch (change) {
            case KEY_INVALIDATED -> invalidate(Invalidation.of(KEY));
            case TAG_INVALIDATED -> invalidate(new Invalidation(SCOPE, List.of(), Set.of("t"), false, false));
            case SCOPE_INVALIDATED -> invalidate(new Invalidation(SCOPE, List.of(), Set.of(), true, false));
            case PUT -> decided(cache.put(tenant, write("new"), patience()));
        }
    }

    private void assertNothingOld(Change change) {
        for (int i = 0; i < 2; i++) {
            assertNoOldValue(change);
            assertThat(fill(GRACE, "old")).isInstanceOf(LeaseLost.class);
            assertThat(fill(ADA, "old")).isInstanceOf(LeaseLost.class);
            assertNoOldValue(change);
            reopenTheScope();
        }
    }

    private void assertNoOldValue(Change change) {
        switch (look(KEY, 0)) {
            case Missing _ -> {}
            case Fresh(var entry, var _)
            when change == Change.PUT -> assertThat(entry.value().text()).isEqualTo("new");
            case LookupOutcome old -> throw new AssertionError(old);
        }
    }

    private void lose(Set<Part> parts) {
        parts.forEach(part -> redis.cli("DEL", part.name(tenant)));
    }

    /** A load of another key gives the scope a head. */
    private void reopenTheScope() {
        look(OTHER, 10_000);
        assertThat(redis.cli("EXISTS", Part.HEAD.name(tenant))).isEqualTo(1L);
    }

    private LookupOutcome leased(LoadOwner owner) {
        var outcome = decided(cache.lookup(tenant, new CacheLookup(KEY, owner, 60_000), patience()));
        assertThat(outcome.load()).isInstanceOfSatisfying(Leased.class, lease -> assertThat(lease.owner())
                .isEqualTo(owner));
        return outcome;
    }

    private LookupOutcome look(CacheKey key, long leaseMillis) {
        return decided(cache.lookup(tenant, new CacheLookup(key, LoadOwner.random(), leaseMillis), patience()));
    }

    private FillOutcome fill(LoadOwner owner, String value) {
        return decided(cache.fill(tenant, write(value), owner, patience()));
    }

    private void invalidate(Invalidation invalidation) {
        assertThat(decided(cache.invalidate(tenant, invalidation, patience()))).isTrue();
    }

    private static CacheWrite write(String value) {
        return new CacheWrite(KEY, CacheValue.of(value), 600, 600, Set.of("t"));
    }

    private static <T> T decided(CompletionStage<Decision<T>> stage) {
        var decision = stage.toCompletableFuture().join();
        assertThat(decision).isInstanceOf(Decided.class);
        return ((Decided<T>) decision).value();
    }

    private static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(20));
    }
}
