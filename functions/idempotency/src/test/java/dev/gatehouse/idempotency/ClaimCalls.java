// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.OwnerOutcome;
import dev.gatehouse.redis.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;

/** Calls of a {@link ClaimStore} at the time of the test. Only the tests move the clock. */
abstract class ClaimCalls {

    static final long SECOND = 1_000_000;
    static final long DAY = 86_400;

    /** The time of all tests, in microseconds. */
    static final AtomicLong NOW = new AtomicLong(1_790_000_000 * SECOND);

    static final Owner ADA = new Owner("ada");
    static final Owner GRACE = new Owner("grace");

    /** Separates the claims of each test. */
    final String tenant = "tenant-" + UUID.randomUUID();

    abstract ClaimStore claims();

    abstract Decision.Source source();

    final ClaimOutcome claim(String key, Owner owner) {
        return claims(request(key, owner, "", 30, DAY));
    }

    final ClaimOutcome claims(ClaimRequest request) {
        return decided(claims().claim(tenant, request, patience()));
    }

    final OwnerOutcome<Completion> complete(String key, Owner owner, Response response) {
        return decided(claims().complete(tenant, at(key, owner), response, Optional.empty(), patience()));
    }

    final OwnerOutcome<Boolean> release(String key, Owner owner) {
        return decided(claims().release(tenant, at(key, owner), patience()));
    }

    final OwnerOutcome<Instant> extend(String key, Owner owner, long seconds) {
        return decided(claims().extend(tenant, at(key, owner), new ClaimLease(seconds * 1000), patience()));
    }

    final Inspection inspect(String key) {
        return decided(claims().inspect(tenant, key(key), patience()));
    }

    final boolean invalidate(String key) {
        return decided(claims().invalidate(tenant, key(key), patience()));
    }

    final <T> T decided(CompletionStage<Decision<T>> stage) {
        var decision = stage.toCompletableFuture().join();
        assertThat(decision).isInstanceOf(Decided.class);
        var decided = (Decided<T>) decision;
        assertThat(decided.source()).isEqualTo(source());
        return decided.value();
    }

    static ClaimRequest request(String key, Owner owner, String fingerprint, long leaseSeconds, long lifeSeconds) {
        return new ClaimRequest(
                at(key, owner),
                new Fingerprint(fingerprint),
                "by-" + owner.token(),
                new ClaimLease(leaseSeconds * 1000),
                new Lifetime(lifeSeconds));
    }

    static Claim at(String key, Owner owner) {
        return new Claim(key(key), owner);
    }

    static IdempotencyKey key(String key) {
        return new IdempotencyKey("", key);
    }

    static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(20));
    }

    static void pass(long micros) {
        NOW.addAndGet(micros);
    }

    static Instant now() {
        return in(0);
    }

    static Instant in(long seconds) {
        return Instant.EPOCH.plus(NOW.get(), ChronoUnit.MICROS).plusSeconds(seconds);
    }
}
