package dev.gatehouse.fallback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.gatehouse.testkit.Threads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BoundedCacheTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final AtomicLong nanos = new AtomicLong(1_790_000_000_000_000_000L);
    private final BoundedCache<String, Integer> memory = new BoundedCache<>(2, nanos::get);

    @Test
    void keepsWhatWasPut() {
        assertThat(memory.get("a")).isNull();
        assertThat(memory.put("a", 1, MINUTE)).isTrue();
        assertThat(memory.put("a", 2, MINUTE)).isTrue();

        assertThat(memory.get("a")).isEqualTo(2);
        assertThat(memory.get("b")).isNull();
    }

    @Test
    void anEntryIsGoneTheMomentItsTimeIsOver() {
        memory.put("a", 1, Duration.ofNanos(1000));

        nanos.addAndGet(999);
        assertThat(memory.get("a")).isEqualTo(1);
        nanos.addAndGet(1);
        assertThat(memory.get("a")).isNull();
    }

    @Test
    void theTimeToLiveIsThatOfTheLastPut() {
        memory.put("longer", 1, Duration.ofNanos(1000));
        memory.put("longer", 2, Duration.ofNanos(3000));
        memory.put("shorter", 1, Duration.ofNanos(3000));
        memory.put("shorter", 2, Duration.ofNanos(1000));

        nanos.addAndGet(2000);
        assertThat(memory.get("longer")).isEqualTo(2);
        assertThat(memory.get("shorter")).isNull();
    }

    @Test
    void whenFullANewKeyIsRefusedAndNothingIsLost() {
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
    void anExpiredKeyTakesItsOwnPlaceAgainAtOnce() {
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
    void atLeastOneEntryIsAskedFor() {
        assertThatIllegalArgumentException().isThrownBy(() -> new BoundedCache<>(0, nanos::get));
    }

    @Test
    void theCacheIsNotLoadedBeforeSomethingIsPut() throws Exception {
        var loader = new OwnLoader();
        var type = loader.loadClass(BoundedCache.class.getName());
        LongSupplier zero = () -> 0;
        var lazy = type.getConstructor(int.class, LongSupplier.class).newInstance(10, zero);
        type.getMethod("get", Object.class).invoke(lazy, "a");
        type.getMethod("hasRoomFor", int.class).invoke(lazy, 1);
        type.getMethod("remove", Object.class).invoke(lazy, "a");
        type.getMethod("clear").invoke(lazy);
        assertThat(loader.asked).noneMatch(name -> name.contains("caffeine"));

        type.getMethod("put", Object.class, Object.class, Duration.class).invoke(lazy, "a", 1, MINUTE);
        assertThat(loader.asked).anyMatch(name -> name.contains("caffeine"));
    }

    /** Defines the package under test itself and notes what else is asked for. */
    private static final class OwnLoader extends ClassLoader {

        final Set<String> asked = ConcurrentHashMap.newKeySet();

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            asked.add(name);
            if (!name.startsWith(BoundedCache.class.getName())) {
                return super.loadClass(name, resolve);
            }
            var loaded = findLoadedClass(name);
            if (loaded != null) {
                return loaded;
            }
            try (var file =
                    BoundedCache.class.getResourceAsStream(name.substring(name.lastIndexOf('.') + 1) + ".class")) {
                var bytes = file.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
