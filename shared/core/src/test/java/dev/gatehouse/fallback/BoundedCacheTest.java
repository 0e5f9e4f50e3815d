// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.fallback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.gatehouse.testkit.Threads;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BoundedCacheTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final AtomicLong nanos = new AtomicLong(1_790_000_000_000_000_000L);
    private final BoundedCache<String, Integer> memory = new BoundedCache<>(2, nanos::get);

    @Test
    void returnsAStoredValue() {
        assertThat(memory.get("a")).isNull();
        assertThat(memory.put("a", 1, MINUTE)).isTrue();
        assertThat(memory.put("a", 2, MINUTE)).isTrue();

        assertThat(memory.get("a")).isEqualTo(2);
        assertThat(memory.get("b")).isNull();
    }

    @Test
    void anEntryExpiresAtOnce() {
        memory.put("a", 1, Duration.ofNanos(1000));

        nanos.addAndGet(999);
        assertThat(memory.get("a")).isEqualTo(1);
        nanos.addAndGet(1);
        assertThat(memory.get("a")).isNull();
    }

    @Test
    void theLastPutSetsTheTimeToLive() {
        memory.put("longer", 1, Duration.ofNanos(1000));
        memory.put("longer", 2, Duration.ofNanos(3000));
        memory.put("shorter", 1, Duration.ofNanos(3000));
        memory.put("shorter", 2, Duration.ofNanos(1000));

        nanos.addAndGet(2000);
        assertThat(memory.get("longer")).isEqualTo(2);
        assertThat(memory.get("shorter")).isNull();
    }

    @Test
    void rejectsANewKeyWhenFullAndKeepsTheOthers() {
        memory.put("a", 1, MINUTE);
        memory.put("b", 2, MINUTE);

        assertThat(memory.hasRoomFor(1)).isFalse();
        assertThat(memory.put("c", 3, MINUTE)).isFalse();
        assertThat(memory.get("c")).isNull();
        assertThat(memory.put("a", 4, MINUTE)).isTrue();
        assertThat(memory.get("a")).isEqualTo(4);
        assertThat(memory.get("b")).isEqualTo(2);
    }

    @Test
    void expiredEntriesMakeRoom() {
        memory.put("a", 1, MINUTE);
        memory.put("b", 2, Duration.ofHours(1));

        nanos.addAndGet(MINUTE.plusSeconds(2).toNanos());
        assertThat(memory.hasRoomFor(1)).isTrue();
        assertThat(memory.hasRoomFor(2)).isFalse();
        assertThat(memory.put("c", 3, MINUTE)).isTrue();
        assertThat(memory.put("d", 4, MINUTE)).isFalse();
    }

    @Test
    void afterAStepBackOfTheClockEntriesExpireInTheirTime() {
        memory.put("a", 1, MINUTE);
        memory.put("b", 2, Duration.ofHours(1));
        nanos.addAndGet(-Duration.ofDays(1).toNanos());
        assertThat(memory.put("c", 3, MINUTE)).isFalse();

        nanos.addAndGet(MINUTE.toNanos() - 1);
        assertThat(memory.put("c", 3, MINUTE)).isFalse();
        assertThat(memory.get("a")).isEqualTo(1);
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(memory.put("c", 3, MINUTE)).isTrue();
        assertThat(memory.get("b")).isEqualTo(2);
    }

    @Test
    void anExpiredKeyCanBeStoredAgainAtOnce() {
        memory.put("a", 1, Duration.ofNanos(1));
        memory.put("b", 2, MINUTE);

        nanos.addAndGet(1);
        assertThat(memory.put("a", 3, MINUTE)).isTrue();
        assertThat(memory.get("a")).isEqualTo(3);
    }

    @Test
    void removingAndClearingMakeRoom() {
        memory.put("a", 1, MINUTE);
        memory.put("b", 2, MINUTE);

        memory.remove("a");
        assertThat(memory.get("a")).isNull();
        assertThat(memory.put("c", 3, MINUTE)).isTrue();

        memory.clear();
        assertThat(memory.get("b")).isNull();
        assertThat(memory.hasRoomFor(2)).isTrue();
        assertThat(memory.hasRoomFor(3)).isFalse();
    }

    @Test
    void aClockThatGoesBackExpiresNothing() {
        memory.put("a", 1, MINUTE);

        nanos.addAndGet(-Duration.ofHours(1).toNanos());
        assertThat(memory.get("a")).isEqualTo(1);
        memory.put("b", 2, MINUTE);
        assertThat(memory.put("c", 3, MINUTE)).isFalse();
    }

    @Test
    void theBoundIsExactUnderThreads() throws Exception {
        var bounded = new BoundedCache<Integer, Integer>(100, nanos::get);
        var taken = new AtomicInteger();
        Threads.together(16, thread -> {
            int first = thread * 1000;
            for (int key = first; key < first + 1000; key++) {
                taken.addAndGet(bounded.put(key, key, MINUTE) ? 1 : 0);
            }
        });

        assertThat(taken).hasValue(100);
        assertThat(IntStream.range(0, 16_000).filter(key -> bounded.get(key) != null))
                .hasSize(100);
    }

    @Test
    void rejectsABoundBelowOne() {
        assertThatIllegalArgumentException().isThrownBy(() -> new BoundedCache<>(0, nanos::get));
    }

    @Test
    void boundsTheBytes() {
        var bounded = new BoundedCache<String, Integer>(10, 100, Integer::longValue, nanos::get);

        assertThat(bounded.put("a", 60, MINUTE)).isTrue();
        assertThat(bounded.put("b", 50, MINUTE)).isFalse();
        assertThat(bounded.put("b", 40, MINUTE)).isTrue();
        assertThat(bounded.put("b", 41, MINUTE)).isFalse();
        assertThat(bounded.get("b")).isEqualTo(40);
        assertThat(bounded.put("b", 30, MINUTE)).isTrue();
        bounded.remove("a");
        assertThat(bounded.put("c", 70, MINUTE)).isTrue();
        assertThat(bounded.put("d", 1, MINUTE)).isFalse();
    }

    @Test
    void returnsTheLiveEntriesOfTheKeysThatMatch() {
        memory.put("a", 1, MINUTE);
        memory.put("b", 2, Duration.ofNanos(1));

        assertThat(memory.entries(key -> key.equals("a"))).isEqualTo(Map.of("a", 1));
        nanos.addAndGet(1);
        assertThat(memory.entries(_ -> true)).isEqualTo(Map.of("a", 1));
    }

    @Test
    void putIfAbsentStoresOnceUntilTheEntryExpires() {
        assertThat(memory.putIfAbsent("a", 1, MINUTE)).isTrue();
        assertThat(memory.putIfAbsent("a", 2, MINUTE)).isFalse();
        assertThat(memory.get("a")).isEqualTo(1);

        nanos.addAndGet(MINUTE.toNanos());
        assertThat(memory.putIfAbsent("a", 3, MINUTE)).isTrue();
        assertThat(memory.get("a")).isEqualTo(3);

        assertThat(memory.putIfAbsent("b", 1, MINUTE)).isTrue();
        assertThat(memory.putIfAbsent("c", 1, MINUTE)).isFalse();
        memory.remove("b");
        assertThat(memory.putIfAbsent("c", 1, MINUTE)).isTrue();
    }

    @Test
    void oneOfManyThreadsPutsAnAbsentEntry() throws Exception {
        for (int round = 0; round < 50; round++) {
            var key = "round-" + round;
            var stored = new AtomicInteger();
            Threads.together(8, thread -> {
                if (memory.putIfAbsent(key, thread, MINUTE)) {
                    stored.incrementAndGet();
                }
            });
            assertThat(stored).hasValue(1);
            memory.remove(key);
        }
    }
}
