// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench.library;

import dev.gatehouse.bench.BenchRedis;
import dev.gatehouse.bench.Contestant.Role;
import dev.gatehouse.cache.CacheKey;
import dev.gatehouse.cache.CacheLookup;
import dev.gatehouse.cache.CacheStore;
import dev.gatehouse.cache.CacheValue;
import dev.gatehouse.cache.CacheWrite;
import dev.gatehouse.cache.FillOutcome.Filled;
import dev.gatehouse.cache.GuardedCache;
import dev.gatehouse.cache.LoadOwner;
import dev.gatehouse.cache.LookupOutcome;
import dev.gatehouse.cache.LookupOutcome.Fresh;
import dev.gatehouse.cache.LookupOutcome.LoadState.Leased;
import dev.gatehouse.cache.LookupOutcome.Missing;
import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.fallback.Outage;
import dev.gatehouse.redis.RedisLink;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/** Calls the cache as its function does, on one link. */
final class CacheCalls implements AutoCloseable {

    /** The value of every contestant: 200 bytes, which no contestant compresses. */
    static final String VALUE = "v".repeat(200);

    /** The keys of one lookup of many. */
    static final int MANY = 50;

    private static final String TENANT = "bench";

    private final RedisLink link;
    private final CacheStore cache;
    private final AtomicLong loads = new AtomicLong();

    CacheCalls(String url) {
        link = BenchRedis.link(url);
        cache = GuardedCache.over(link, new Outage(link), FallbackPolicy.LOCAL);
    }

    Operation hit() {
        return new Operation("Gatehouse", Role.OURS, subject -> hit(key(subject)));
    }

    Operation missAndFill() {
        return new Operation("Gatehouse, lookup and fill", Role.OURS, subject -> {
            if (!(lookup(key("miss-" + loads.incrementAndGet())) instanceof Missing(Leased _))) {
                throw new IllegalStateException("a new key was not missing");
            }
        });
    }

    Operation hitMany() {
        return new Operation("Gatehouse, 50 keys in one lookup", Role.OURS, subject -> {
            var lookups = IntStream.range(0, MANY)
                    .mapToObj(i -> new CacheLookup(key(subject + "-" + i), LoadOwner.random(), 10_000))
                    .toList();
            var stages = cache.lookup(TENANT, lookups, BenchRedis.deadline());
            for (var i = 0; i < MANY; i++) {
                load(lookups.get(i), BenchRedis.decided(stages.get(i)));
            }
        });
    }

    private static CacheKey key(String subject) {
        return CacheKey.of(Optional.empty(), subject);
    }

    private void hit(CacheKey key) {
        if (lookup(key) instanceof Fresh(var entry, var _) && entry.value().size() != VALUE.length()) {
            throw new IllegalStateException("another value");
        }
    }

    /** Looks up, and fills if this caller has the lease. */
    private LookupOutcome lookup(CacheKey key) {
        var lookup = new CacheLookup(key, LoadOwner.random(), 10_000);
        var outcome = BenchRedis.decided(cache.lookup(TENANT, lookup, BenchRedis.deadline()));
        return load(lookup, outcome);
    }

    private LookupOutcome load(CacheLookup lookup, LookupOutcome outcome) {
        if (outcome.load() instanceof Leased) {
            fill(lookup);
        }
        return outcome;
    }

    private void fill(CacheLookup lookup) {
        var write = new CacheWrite(lookup.key(), CacheValue.of(VALUE), 3_600, 0, Set.of());
        if (!(BenchRedis.decided(cache.fill(TENANT, write, lookup.owner(), BenchRedis.deadline())) instanceof Filled)) {
            throw new IllegalStateException("not filled");
        }
    }

    @Override
    public void close() {
        link.close();
    }
}
