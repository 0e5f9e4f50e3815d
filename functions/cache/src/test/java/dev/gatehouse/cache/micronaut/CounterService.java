// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache.micronaut;

import io.micronaut.cache.annotation.CacheConfig;
import io.micronaut.cache.annotation.CacheInvalidate;
import io.micronaut.cache.annotation.CachePut;
import io.micronaut.cache.annotation.Cacheable;
import io.micronaut.cache.annotation.InvalidateOperations;
import io.micronaut.cache.annotation.PutOperations;
import io.micronaut.context.annotation.Requires;
import io.micronaut.core.async.annotation.SingleResult;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The counters of micronaut-cache's own test kit, and more return types. */
@Singleton
@Requires(property = "counters")
@CacheConfig("counter")
class CounterService {

    final Map<String, Integer> counters = new ConcurrentHashMap<>();
    final Map<String, Integer> counters2 = new ConcurrentHashMap<>();
    final AtomicInteger runs = new AtomicInteger();

    private static int next(Map<String, Integer> counters, String name) {
        return counters.merge(name, 1, Integer::sum);
    }

    private int current(String name) {
        runs.incrementAndGet();
        return counters.getOrDefault(name, 0);
    }

    int incrementNoCache(String name) {
        return next(counters, name);
    }

    @CachePut
    int increment(String name) {
        return next(counters, name);
    }

    @PutOperations({@CachePut("counter"), @CachePut("counter2")})
    int increment2(String name) {
        return next(counters2, name);
    }

    @CachePut
    CompletableFuture<Integer> futureIncrement(String name) {
        return CompletableFuture.completedFuture(next(counters, name));
    }

    @Cacheable
    int getValue(String name) {
        return current(name);
    }

    @Cacheable(atomic = true)
    int atomicValue(String name) {
        return current(name);
    }

    @Cacheable("counter2")
    int getValue2(String name) {
        return counters2.getOrDefault(name, 0);
    }

    @Cacheable
    CompletableFuture<Integer> futureValue(String name) {
        return CompletableFuture.supplyAsync(() -> current(name));
    }

    @Cacheable
    CompletionStage<Integer> stageValue(String name) {
        return CompletableFuture.completedStage(current(name));
    }

    @Cacheable
    @SingleResult
    Publisher<Integer> fluxValue(String name) {
        return Flux.defer(() -> Flux.just(current(name)));
    }

    @Cacheable
    Mono<Integer> monoValue(String name) {
        return Mono.fromSupplier(() -> current(name));
    }

    @Cacheable("series")
    Flux<Integer> series(String name) {
        return Flux.defer(() -> Flux.range(current(name), 3));
    }

    @Cacheable("lists")
    List<Integer> list(String name) {
        return List.of(current(name));
    }

    @Cacheable
    Optional<Integer> getOptionalValue(String name) {
        runs.incrementAndGet();
        return Optional.ofNullable(counters.get(name));
    }

    @Cacheable("nulls")
    Integer nullable(String name) {
        runs.incrementAndGet();
        return counters.get(name);
    }

    @Cacheable("nulls")
    Mono<Integer> emptyMono(String name) {
        return Mono.defer(() -> Mono.justOrEmpty(nullableHere(name)));
    }

    private Integer nullableHere(String name) {
        runs.incrementAndGet();
        return counters.get(name);
    }

    @Cacheable("failures")
    int failing(String name) throws IOException {
        runs.incrementAndGet();
        throw new IOException("broken " + name);
    }

    @Cacheable("failures")
    CompletableFuture<Integer> failingLater(String name) {
        runs.incrementAndGet();
        return CompletableFuture.failedFuture(new IOException("broken " + name));
    }

    @Cacheable("pairs")
    String pair(String one, String other) {
        runs.incrementAndGet();
        return one + "+" + other;
    }

    @Cacheable("pairs")
    String wide(long number) {
        runs.incrementAndGet();
        return "number " + number;
    }

    @Cacheable("pairs")
    String listed(List<String> names) {
        runs.incrementAndGet();
        return "list of " + names;
    }

    @Cacheable(value = "pairs", parameters = "one")
    String first(String one, String ignored) {
        runs.incrementAndGet();
        return one + " by " + ignored;
    }

    @Cacheable("pairs")
    String nothing() {
        return "run " + runs.incrementAndGet();
    }

    @CacheInvalidate("pairs")
    void forgetPair(String one, String other) {}

    @Cacheable(value = "pairs", condition = "#{ name != 'uncached' }")
    String conditional(String name) {
        return name + runs.incrementAndGet();
    }

    @CacheInvalidate(all = true)
    void reset() {
        counters.clear();
    }

    @CacheInvalidate
    void reset(String name) {
        counters.remove(name);
    }

    @InvalidateOperations({@CacheInvalidate("counter"), @CacheInvalidate("counter2")})
    void reset2(String name) {
        counters.remove(name);
        counters2.remove(name);
    }

    @CacheInvalidate(parameters = "name")
    void set(String name, int value) {
        counters.put(name, value);
    }
}
