// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.cache.LookupOutcome.Fresh;
import dev.gatehouse.cache.LookupOutcome.LoadState.Idle;
import dev.gatehouse.cache.LookupOutcome.LoadState.Leased;
import dev.gatehouse.cache.LookupOutcome.Missing;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.redis.RedisOnClock;
import dev.gatehouse.redis.Reply;
import dev.gatehouse.redis.ScriptReply;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisCacheTest extends CacheContract {

    private static final AtomicLong NOW = new AtomicLong();

    @RegisterExtension
    private static final RedisOnClock REDIS = RedisOnClock.server(NOW::get);

    @Override
    CacheStore cache() {
        return new RedisCache(REDIS.link());
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
    void theRedisKeysRevealNeitherScopeNorKeyNorTag() {
        put(scoped("order-42"), "v", Set.of("customer-7"));
        invalidate(new Invalidation(Optional.of("products"), List.of(), Set.of("customer-7"), false, false));
        look("order-42", ADA);

        var names = (List<?>) REDIS.cli("KEYS", "gh:{" + tenant() + ":*");
        assertThat(names).hasSize(3).allSatisfy(name -> assertThat((String) name)
                .matches("gh:\\{" + tenant() + ":[A-Za-z0-9_-]{12}}:(c|cl|ch):[A-Za-z0-9_-]{43}"));
        assertThat(names.toString() + REDIS.cli("HGETALL", CacheKey.headName(tenant(), "products")))
                .doesNotContain("order", "products", "customer");
    }

    @Test
    void eachOperationIsOneScriptPerKey() {
        exercise();
        REDIS.cli("CONFIG", "RESETSTAT");

        exercise();

        assertThat(REDIS.calls("evalsha")).isEqualTo(8);
        assertThat(REDIS.calls("eval")).isZero();
    }

    private void exercise() {
        look(scoped("a"), ADA, 10_000);
        fill(scoped("a"), ADA, "v", Set.of("t"));
        put(scoped("a"), "v", Set.of("t"));
        extend(key("a"), ADA, 10_000);
        release("a", ADA, 0);
        invalidate(Invalidation.of(scoped("a")));
        invalidate(new Invalidation(Optional.of("products"), List.of(scoped("a")), Set.of("t"), false, true));
    }

    @Test
    void aLookupThatGrantsNoLeaseWritesNothing() {
        put(scoped("a"), "v", Set.of("t"));
        REDIS.cli("CONFIG", "RESETSTAT");

        look(scoped("a"), ADA, 10_000);
        look(scoped("b"), ADA, 0);
        look(key("c"), ADA, 0);

        assertThat(REDIS.calls("set") + REDIS.calls("hset") + REDIS.calls("pexpire") + REDIS.calls("del"))
                .isZero();
        assertThat(REDIS.cli("EXISTS", key("c").leaseName(tenant()))).isEqualTo(0L);
    }

    @Test
    void aHitReadsTheEntryAndTheHeadOnceAndNoLease() {
        put(scoped("a"), "v", Set.of("t", "u"));
        REDIS.cli("CONFIG", "RESETSTAT");

        assertThat(look(scoped("a"), ADA, 10_000)).isInstanceOf(Fresh.class);

        assertThat(REDIS.calls("get")).isEqualTo(1);
        assertThat(REDIS.calls("hmget")).isEqualTo(1);
    }

    /** A call without a reply is repeated as it was, random text included. */
    @Test
    void aRepeatedLookupDoesNotReviveAnInvalidatedScope() {
        var call = RedisCache.lookupCall(tenant(), new CacheLookup(scoped("a"), ADA, 10_000), "random");
        REDIS.link().run(call, patience()).toCompletableFuture().join();
        look(scoped("b"), GRACE, 10_000);
        fill(scoped("b"), GRACE, "old", Set.of("t"));
        invalidate(new Invalidation(Optional.of("products"), List.of(), Set.of(), true, false));
        pass(1);

        REDIS.link().run(call, patience()).toCompletableFuture().join();

        assertThat(look(scoped("b"), JOAN, 0)).isInstanceOf(Missing.class);
    }

    /** The first run of a call may be delayed beyond the runs of its repetition. */
    @Test
    void aDelayedLookupGetsNoOwnerWhoseLoadWasVoided() {
        look("a", ADA);
        invalidate(Invalidation.of(key("a")));
        var call = RedisCache.lookupCall(tenant(), new CacheLookup(key("a"), ADA, 10_000), "random");
        var repetition = ownerOf(REDIS.link().run(call, patience()));
        invalidate(Invalidation.of(key("a")));

        var delayed = ownerOf(REDIS.link().run(call, patience()));

        assertThat(delayed).isNotEqualTo(repetition);
        assertThat(fill("a", new LoadOwner(repetition), "old", 60, 0)).isInstanceOf(FillOutcome.LeaseLost.class);
    }

    private static String ownerOf(CompletionStage<Reply<ScriptReply>> stage) {
        var reply = stage.toCompletableFuture().join();
        return ((Reply.Answered<ScriptReply>) reply).value().text(2);
    }

    @Test
    void theLossOfAnyKeyMakesValuesMissingAndLoadsVoid() {
        put(scoped("entry"), "v", Set.of());
        REDIS.cli("DEL", scoped("entry").entryName(tenant()));
        assertThat(look(scoped("entry"), ADA, 0)).isInstanceOf(Missing.class);

        look("lease", ADA);
        REDIS.cli("DEL", key("lease").leaseName(tenant()));
        assertThat(fill("lease", ADA, "v", 60, 0)).isInstanceOf(FillOutcome.LeaseLost.class);

        put(scoped("head"), "v", Set.of("t"));
        look(scoped("load"), ADA, 10_000);
        REDIS.cli("DEL", CacheKey.headName(tenant(), "products"));
        assertThat(look(scoped("head"), ADA, 0)).isInstanceOf(Missing.class);
        assertThat(look(scoped("other"), GRACE, 10_000).load())
                .as("opens the scope again")
                .isInstanceOf(Leased.class);
        assertThat(look(scoped("head"), ADA, 0)).isInstanceOf(Missing.class);
        assertThat(fill(scoped("load"), ADA, "v", Set.of())).isInstanceOf(FillOutcome.LeaseLost.class);
    }

    @Test
    void aLongValueIsCompressed() {
        put(key("a"), "abcdefgh".repeat(10_000), Set.of());

        assertThat((Long) REDIS.cli("STRLEN", key("a").entryName(tenant()))).isLessThan(2_000);
    }

    @Test
    void aForeignTextCountsAsMissingAndIsReplaced() {
        for (var foreign : List.of("junk", "", "\u0001", "{\"a\":1}")) {
            REDIS.cli("SET", key("a").entryName(tenant()), foreign, "PX", "60000");
            REDIS.cli("SET", key("a").leaseName(tenant()), foreign, "PX", "60000");
            assertThat(look("a", ADA)).isEqualTo(new Missing(new Leased(ADA, in(10))));
            assertThat(fill("a", ADA, "v", 60, 0)).isInstanceOf(FillOutcome.Filled.class);
            assertThat(look("a", GRACE)).isInstanceOf(Fresh.class);
        }
    }

    @Test
    void aFreshValueInAnUnreadableFormIsMissingAndItsCallerGetsTheLease() {
        put(scoped("a"), "abcdefgh".repeat(1_000), Set.of("t"));
        var name = scoped("a").entryName(tenant());
        REDIS.cli("SETRANGE", name, String.valueOf((Long) REDIS.cli("STRLEN", name) - 20), "x".repeat(20));
        assertThat(look(scoped("a"), ADA, 0)).as("only looks").isEqualTo(new Missing(new Idle()));

        assertThat(look(scoped("a"), ADA, 10_000)).isEqualTo(new Missing(new Leased(ADA, in(10))));
        assertThat(fill(scoped("a"), ADA, "v", Set.of("t"))).isInstanceOf(FillOutcome.Filled.class);
        assertThat(look(scoped("a"), GRACE, 10_000)).isInstanceOf(Fresh.class);
    }

    @Test
    void aKeyOfAnotherTypeMakesTheDecisionUnavailable() {
        REDIS.cli("HSET", key("a").entryName(tenant()), "some", "thing");
        REDIS.cli("PEXPIRE", key("a").entryName(tenant()), "60000");

        assertThat(cache().lookup(tenant(), new CacheLookup(key("a"), ADA, 10_000), patience())
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(Unavailable.class);
    }

    @Test
    void invalidatingAScopeIsOneSmallWrite() {
        put(scoped("a"), "v", Set.of());
        REDIS.cli("CONFIG", "RESETSTAT");
        invalidate(new Invalidation(Optional.of("products"), List.of(), Set.of(), true, false));

        assertThat(REDIS.calls("del")).isEqualTo(1);
        assertThat(REDIS.calls("scan") + REDIS.calls("keys") + REDIS.calls("unlink"))
                .isZero();
        assertThat(look(scoped("a"), ADA, 0)).isInstanceOf(Missing.class);
    }
}
