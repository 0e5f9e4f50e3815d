// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.annotation;

import io.micronaut.context.annotation.Requires;
import io.micronaut.serde.annotation.Serdeable;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Idempotent methods of a bean without HTTP. Each counts its runs. */
@Singleton
@Requires(property = "orders")
class OrderService {

    static final AtomicInteger RUNS = new AtomicInteger();
    static final LocalDate DAY = LocalDate.of(2026, 11, 29);
    static final Instant TIME = Instant.parse("2026-11-29T15:00:00.123456Z");

    final Semaphore mayGoOn = new Semaphore(0);

    enum Status {
        PAID,
        OPEN
    }

    @Serdeable
    record Order(String id, BigDecimal amount) {

        static Order of(String id, long amount) {
            return new Order(id, BigDecimal.valueOf(amount));
        }
    }

    @Serdeable
    record Receipt(String order, Status status, LocalDate day, Instant paidAt, int run) {

        static Receipt of(String order, int run) {
            return new Receipt(order, Status.PAID, DAY, TIME, run);
        }
    }

    /** An object without a JSON form. */
    static final class Opaque {}

    @Idempotent(scope = "pay", key = "#{order.id}", fingerprint = "#{order.amount}")
    Receipt pay(Order order) {
        return Receipt.of(order.id(), RUNS.incrementAndGet());
    }

    @Idempotent(key = "#{order}", fingerprint = "#{labels}")
    int payWhole(Order order, Map<String, String> labels) {
        return RUNS.incrementAndGet();
    }

    @Idempotent(key = "#{id}")
    List<Receipt> list(String id) {
        return List.of(Receipt.of(id, RUNS.incrementAndGet()), Receipt.of(id, 0));
    }

    @Idempotent(key = "#{id}")
    Map<String, List<Receipt>> map(String id) {
        return Map.of(id, List.of(Receipt.of(id, RUNS.incrementAndGet())));
    }

    @Idempotent(key = "#{id}")
    Optional<Receipt> optional(String id, boolean present) {
        int run = RUNS.incrementAndGet();
        return present ? Optional.of(Receipt.of(id, run)) : Optional.empty();
    }

    @Idempotent(key = "#{id}")
    Status status(String id) {
        RUNS.incrementAndGet();
        return Status.OPEN;
    }

    @Idempotent(key = "#{id}")
    Receipt nothing(String id) {
        RUNS.incrementAndGet();
        return null;
    }

    @Idempotent(key = "#{id}")
    void notify(String id) {
        RUNS.incrementAndGet();
    }

    @Idempotent(key = "#{id}")
    CompletionStage<Receipt> stage(String id) {
        return CompletableFuture.supplyAsync(() -> Receipt.of(id, RUNS.incrementAndGet()));
    }

    @Idempotent(key = "#{id}")
    CompletableFuture<Void> stageOfNothing(String id) {
        RUNS.incrementAndGet();
        return CompletableFuture.completedFuture(null);
    }

    @Idempotent(key = "#{id}")
    Mono<Receipt> mono(String id) {
        return Mono.fromSupplier(() -> Receipt.of(id, RUNS.incrementAndGet()));
    }

    @Idempotent(key = "#{id}")
    Flux<Receipt> flux(String id) {
        return Flux.range(1, 2).map(_ -> Receipt.of(id, RUNS.incrementAndGet()));
    }

    @Idempotent(key = "#{id}")
    String failing(String id) throws IOException {
        throw new IOException("run " + RUNS.incrementAndGet());
    }

    @Idempotent(key = "#{id}")
    CompletableFuture<String> failingStage(String id) {
        return CompletableFuture.failedFuture(new IOException("run " + RUNS.incrementAndGet()));
    }

    @Idempotent(key = "#{id}", leaseMillis = 1_000)
    int slow(String id) throws InterruptedException {
        int run = RUNS.incrementAndGet();
        mayGoOn.acquire();
        return run;
    }

    /** Runs another method within its own run. */
    @Idempotent(key = "#{id}")
    String enclosing(String id, Supplier<String> other) {
        return RUNS.incrementAndGet() + " " + other.get();
    }

    @Idempotent(scope = "typed", key = "#{id}")
    String text(String id) {
        return "text " + RUNS.incrementAndGet();
    }

    /** Shares its results with {@link #text}, which are of another type. */
    @Idempotent(scope = "typed", key = "#{id}")
    Receipt receipt(String id) {
        return Receipt.of(id, RUNS.incrementAndGet());
    }

    @Idempotent(key = "#{id}")
    String large(String id) {
        RUNS.incrementAndGet();
        return "x".repeat(256 * 1024);
    }

    @Idempotent(key = "#{id}")
    Opaque opaque(String id) {
        RUNS.incrementAndGet();
        return new Opaque();
    }
}
