// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.fallback;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EvictingCacheTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final AtomicLong nanos = new AtomicLong(1_790_000_000_000_000_000L);
    private final EvictingCache<Integer, String> cache = new EvictingCache<>(100, String::length, nanos::get);

    @Test
    void returnsAValueUntilItExpires() {
        cache.put(1, "one", MINUTE);
        cache.put(2, "two", MINUTE.plusNanos(1));

        nanos.addAndGet(MINUTE.toNanos());
        assertThat(cache.get(1)).isNull();
        assertThat(cache.get(2)).isEqualTo("two");
    }

    @Test
    void boundsTheBytesByEviction() {
        IntStream.range(0, 50).forEach(key -> cache.put(key, "x".repeat(10), MINUTE));

        assertThat(IntStream.range(0, 50).filter(key -> cache.get(key) != null)).hasSizeBetween(1, 10);
    }

    @Test
    void aValueLargerThanTheCacheRemovesThePreviousOne() {
        cache.put(1, "one", MINUTE);
        cache.put(1, "x".repeat(101), MINUTE);

        assertThat(cache.get(1)).isNull();
    }

    @Test
    void removesByKeyAndByCondition() {
        IntStream.range(0, 4).forEach(key -> cache.put(key, "value", MINUTE));

        cache.remove(0);
        cache.removeIf(key -> key == 1);
        assertThat(IntStream.range(0, 4).filter(key -> cache.get(key) != null)).containsExactly(2, 3);
        cache.clear();
        assertThat(cache.get(2)).isNull();
    }

    @Test
    void loadsNoClassOfCaffeineBeforeTheFirstPut() throws Exception {
        var loader = new OwnLoader();
        var type = loader.loadClass(EvictingCache.class.getName());
        LongSupplier zero = () -> 0;
        ToLongFunction<Object> one = _ -> 1;
        var lazy = type.getConstructor(long.class, ToLongFunction.class, LongSupplier.class)
                .newInstance(10L, one, zero);
        type.getMethod("get", Object.class).invoke(lazy, "a");
        type.getMethod("remove", Object.class).invoke(lazy, "a");
        type.getMethod("clear").invoke(lazy);
        assertThat(loader.requested).noneMatch(name -> name.contains("caffeine"));

        type.getMethod("put", Object.class, Object.class, Duration.class).invoke(lazy, "a", 1, MINUTE);
        assertThat(loader.requested).anyMatch(name -> name.contains("caffeine"));
    }

    /** Defines the package under test itself and records the other requested classes. */
    private static final class OwnLoader extends ClassLoader {

        final Set<String> requested = ConcurrentHashMap.newKeySet();

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            requested.add(name);
            if (!name.startsWith(EvictingCache.class.getName())) {
                return super.loadClass(name, resolve);
            }
            var loaded = findLoadedClass(name);
            if (loaded != null) {
                return loaded;
            }
            try (var file =
                    EvictingCache.class.getResourceAsStream(name.substring(name.lastIndexOf('.') + 1) + ".class")) {
                var bytes = file.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
