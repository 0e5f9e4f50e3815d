// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.cache.LookupOutcome.Fresh;
import dev.gatehouse.cache.LookupOutcome.LoadState.Leased;
import dev.gatehouse.cache.LookupOutcome.LoadState.Loading;
import dev.gatehouse.cache.LookupOutcome.Missing;
import dev.gatehouse.fallback.Decision.Source;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LocalCacheTest extends CacheContract {

    private final AtomicLong now = new AtomicLong();
    private final LocalCache cache = new LocalCache(1_000_000, 100, now::get);

    @Override
    CacheStore cache() {
        return cache;
    }

    @Override
    AtomicLong clock() {
        return now;
    }

    @Override
    Source source() {
        return Source.LOCAL;
    }

    @Test
    void valuesStayWithinTheBoundOnBytes() {
        var value = "v".repeat(100_000);
        IntStream.range(0, 50).forEach(i -> put(key("k" + i), value, Set.of()));

        assertThat(IntStream.range(0, 50).filter(i -> look(key("k" + i), ADA, 0) instanceof Fresh))
                .hasSizeBetween(1, 9);
    }

    @Test
    void atTheBoundOnLeasesNobodyGetsANewOne() {
        IntStream.range(0, 100).forEach(i -> look("k" + i, ADA));

        assertThat(look("one-more", GRACE).load()).isInstanceOf(Loading.class);
        assertThat(look("k1", ADA).load()).isInstanceOf(Leased.class);
    }

    @Test
    void clearingRemovesValuesAndLeases() {
        put(key("a"), "a", Set.of());
        look("b", ADA);
        cache.clear();

        assertThat(look(key("a"), ADA, 0)).isInstanceOf(Missing.class);
        assertThat(look("b", GRACE).load()).isInstanceOf(Leased.class);
    }
}
