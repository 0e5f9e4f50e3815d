// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.fallback.OwnerOutcome;
import dev.gatehouse.fallback.OwnerOutcome.Held;
import dev.gatehouse.fallback.OwnerOutcome.Lost;
import dev.gatehouse.idempotency.ClaimOutcome.Claimed;
import dev.gatehouse.idempotency.ClaimOutcome.Completed;
import dev.gatehouse.idempotency.ClaimOutcome.InFlight;
import dev.gatehouse.idempotency.ClaimOutcome.KeyReused;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.LinkOnClock;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GuardedClaimsTest {

    private static final Response DONE = new Response(200, List.of(), ResponseBody.of("done"));
    private static final Owner ADA = new Owner("ada");
    private static final Owner GRACE = new Owner("grace");
    private static final Lifetime DAY = new Lifetime(86_400);

    private final AtomicLong now = new AtomicLong(1_790_000_000_000_000L);
    private final RedisProcess redis = RedisProcess.start();
    private final RedisLink link = LinkOnClock.toServer(redis.port(), now::get);
    private final LocalClaims local = new LocalClaims(100, 100_000, now::get);
    private final ClaimStore closed = guarded(local, FallbackPolicy.CLOSED);
    private final ClaimStore degrading = guarded(local, FallbackPolicy.LOCAL);

    private GuardedClaims guarded(ClaimStore memory, FallbackPolicy whenDown) {
        return new GuardedClaims(new RedisClaims(link), memory, whenDown, 10_000, now::get);
    }

    @AfterEach
    void close() {
        link.close();
        redis.close();
    }

    @Test
    void whileRedisRepliesItDecides() {
        for (var claims : List.of(closed, degrading)) {
            assertThat(claim(claims, "a", ADA))
                    .isEqualTo(new Decided<>(new Claimed(in(30), in(86_400), 1), Source.REDIS));
            assertThat(claim(claims, "a", GRACE))
                    .isEqualTo(
                            new Decided<>(new InFlight(in(0), "by-ada", in(30), Duration.ofSeconds(30)), Source.REDIS));
            assertThat(complete(claims, "a", GRACE)).isEqualTo(new Decided<>(new Lost<>(), Source.REDIS));
        }
        assertThat(release(closed, "a", ADA)).isEqualTo(new Decided<>(new Held<>(true), Source.REDIS));
    }

    @Test
    void withoutRedisAClosedGuardIsUnavailable() {
        claim(closed, "a", ADA);
        redis.kill();

        for (var result : List.of(
                claim(closed, "a", ADA),
                complete(closed, "a", ADA),
                release(closed, "a", ADA),
                extend(closed, "a", ADA),
                inspect(closed, "a"),
                invalidate(closed, "a"))) {
            assertThat(result)
                    .isInstanceOfSatisfying(Unavailable.class, unavailable -> assertThat(unavailable.retryAfter())
                            .isPositive());
        }
    }

    @Test
    void withoutRedisEachOfManyClaimsIsGuarded() {
        claim(closed, "done", ADA);
        complete(closed, "done", ADA);
        redis.kill();
        var requests = List.of(request("done", GRACE, ""), request("free", GRACE, ""));

        assertThat(claimAll(closed, requests))
                .satisfiesExactly(
                        replay -> assertThat(replay)
                                .isEqualTo(local(new Completed(DONE, Fingerprint.NONE, in(0), in(86_400)))),
                        none -> assertThat(none).isInstanceOf(Unavailable.class));
        assertThat(claimAll(degrading, requests).getLast()).isEqualTo(local(new Claimed(in(30), in(86_400), 1)));
    }

    private static List<Decision<ClaimOutcome>> claimAll(ClaimStore claims, List<ClaimRequest> requests) {
        return claims.claimAll("tenant", requests, patience()).stream()
                .map(GuardedClaimsTest::now)
                .toList();
    }

    @Test
    void withoutRedisMemoryDecidesDegraded() {
        redis.kill();

        assertThat(claim(degrading, "a", ADA)).isEqualTo(local(new Claimed(in(30), in(86_400), 1)));
        assertThat(claim(degrading, "a", GRACE))
                .isEqualTo(local(new InFlight(in(0), "by-ada", in(30), Duration.ofSeconds(30))));
        assertThat(extend(degrading, "a", ADA)).isEqualTo(local(new Held<>(in(30))));
        assertThat(complete(degrading, "a", ADA))
                .isEqualTo(local(new Held<>(new Completion(in(0), in(86_400), Fingerprint.NONE, true))));
        assertThat(claim(degrading, "a", GRACE))
                .isEqualTo(local(new Completed(DONE, Fingerprint.NONE, in(0), in(86_400))));
        assertThat(inspect(degrading, "a")).isEqualTo(local(new Completed(DONE, Fingerprint.NONE, in(0), in(86_400))));
        assertThat(invalidate(degrading, "a")).isEqualTo(local(true));
        claim(degrading, "b", ADA);
        assertThat(release(degrading, "b", ADA)).isEqualTo(local(new Held<>(true)));
    }

    @Test
    void twoProcessesThatDecideAloneBothGetTheWork() {
        var other = guarded(new LocalClaims(100, 100_000, now::get), FallbackPolicy.LOCAL);
        redis.kill();

        assertThat(claim(degrading, "a", ADA)).isEqualTo(local(new Claimed(in(30), in(86_400), 1)));
        assertThat(claim(other, "a", GRACE)).isEqualTo(local(new Claimed(in(30), in(86_400), 1)));
    }

    @Test
    void memoryDecidesOnlyOnItsOwnClaims() {
        claim(degrading, "a", ADA);
        redis.kill();

        assertThat(complete(degrading, "a", ADA)).isInstanceOf(Unavailable.class);
        assertThat(extend(degrading, "a", ADA)).isInstanceOf(Unavailable.class);
        assertThat(release(degrading, "a", ADA)).isInstanceOf(Unavailable.class);
        assertThat(inspect(degrading, "a")).isInstanceOf(Unavailable.class);
        assertThat(invalidate(degrading, "a")).isInstanceOf(Unavailable.class);
    }

    @Test
    void aSeenResultIsReplayedWithoutRedisUntilItExpires() {
        claim(closed, "completed here", ADA, "sha-1");
        complete(closed, "completed here", ADA);
        claim(new RedisClaims(link), "completed elsewhere", ADA, "sha-1");
        complete(new RedisClaims(link), "completed elsewhere", ADA);
        claim(closed, "completed elsewhere", GRACE, "");
        claim(new RedisClaims(link), "never seen", ADA, "");
        complete(new RedisClaims(link), "never seen", ADA);
        redis.kill();

        for (var key : List.of("completed here", "completed elsewhere")) {
            assertThat(claim(closed, key, GRACE, "sha-1"))
                    .isEqualTo(local(new Completed(DONE, new Fingerprint("sha-1"), in(0), in(86_400))));
            assertThat(claim(closed, key, GRACE, "sha-2")).isEqualTo(local(new KeyReused()));
        }
        assertThat(claim(closed, "never seen", GRACE)).isInstanceOf(Unavailable.class);
        now.addAndGet(86_400_000_000L - 1);
        assertThat(claim(closed, "completed here", GRACE)).isInstanceOf(Decided.class);
        now.incrementAndGet();
        assertThat(claim(closed, "completed here", GRACE)).isInstanceOf(Unavailable.class);
    }

    @Test
    void theStoredOneOfTwoResultsIsCached() {
        claim(closed, "a", ADA);
        complete(new RedisClaims(link), "a", ADA);
        var other = new Response(500, List.of(), ResponseBody.of("other"));
        assertThat(now(closed.complete("tenant", at("a", ADA), other, Optional.empty(), patience())))
                .isEqualTo(new Decided<>(
                        new Held<>(new Completion(in(0), in(86_400), Fingerprint.NONE, false)), Source.REDIS));
        redis.kill();

        assertThat(claim(closed, "a", GRACE)).isInstanceOf(Unavailable.class);
    }

    @Test
    void invalidatedAndReclaimedKeysAreNotReplayedFromMemory() {
        for (var key : List.of("a", "b")) {
            claim(closed, key, ADA);
            complete(closed, key, ADA);
        }
        invalidate(closed, "a");
        new RedisClaims(link)
                .invalidate("tenant", new IdempotencyKey("", "b-"), patience())
                .toCompletableFuture()
                .join();
        invalidate(new RedisClaims(link), "b");
        claim(closed, "b", GRACE);
        redis.kill();

        assertThat(claim(closed, "a", GRACE)).isInstanceOf(Unavailable.class);
        assertThat(claim(closed, "b", ADA)).isInstanceOf(Unavailable.class);
    }

    @Test
    void fullMemoryEvictsRarelyUsedResults() {
        var large = new Response(200, List.of(), ResponseBody.of("x".repeat(3_000)));
        for (var key : List.of("a", "b", "c", "d")) {
            claim(closed, key, ADA);
            now(closed.complete("tenant", at(key, ADA), large, Optional.empty(), patience()));
            claim(closed, "a", GRACE);
        }
        claim(closed, "huge", ADA);
        var huge = new Response(200, List.of(), ResponseBody.of("x".repeat(10_000)));
        now(closed.complete("tenant", at("huge", ADA), huge, Optional.empty(), patience()));
        redis.kill();

        assertThat(claim(closed, "a", GRACE)).isInstanceOf(Decided.class);
        assertThat(Stream.of("b", "c", "d").filter(key -> claim(closed, key, GRACE) instanceof Decided))
                .as("10,000 bytes hold two results")
                .hasSizeLessThanOrEqualTo(1);
        assertThat(claim(closed, "huge", GRACE)).isInstanceOf(Unavailable.class);
    }

    @Test
    void aSilentRedisIsUnavailableByTheDeadlineAndGrantsTheSameClaimLater() {
        claim(closed, "warm", ADA);
        redis.freeze();

        long start = System.nanoTime();
        var result = now(closed.claim("tenant", request("a", ADA, ""), Deadline.in(Duration.ofMillis(200))));
        var took = Duration.ofNanos(System.nanoTime() - start);

        assertThat(result).isInstanceOf(Unavailable.class);
        assertThat(took).isBetween(Duration.ofMillis(190), Duration.ofSeconds(5));
        redis.thaw();
        await().untilAsserted(() -> assertThat(claim(closed, "a", ADA))
                .isEqualTo(new Decided<>(new Claimed(in(30), in(86_400), 1), Source.REDIS)));
    }

    @Test
    void claimsCannotBeOpen() {
        assertThatIllegalArgumentException().isThrownBy(() -> guarded(local, FallbackPolicy.OPEN));
    }

    private Decision<ClaimOutcome> claim(ClaimStore claims, String key, Owner owner) {
        return claim(claims, key, owner, "");
    }

    private Decision<ClaimOutcome> claim(ClaimStore claims, String key, Owner owner, String fingerprint) {
        return now(claims.claim("tenant", request(key, owner, fingerprint), patience()));
    }

    private Decision<OwnerOutcome<Completion>> complete(ClaimStore claims, String key, Owner owner) {
        return now(claims.complete("tenant", at(key, owner), DONE, Optional.empty(), patience()));
    }

    private Decision<OwnerOutcome<Boolean>> release(ClaimStore claims, String key, Owner owner) {
        return now(claims.release("tenant", at(key, owner), patience()));
    }

    private Decision<OwnerOutcome<Instant>> extend(ClaimStore claims, String key, Owner owner) {
        return now(claims.extend("tenant", at(key, owner), new ClaimLease(30_000), patience()));
    }

    private Decision<Inspection> inspect(ClaimStore claims, String key) {
        return now(claims.inspect("tenant", at(key, ADA).key(), patience()));
    }

    private Decision<Boolean> invalidate(ClaimStore claims, String key) {
        return now(claims.invalidate("tenant", at(key, ADA).key(), patience()));
    }

    private static ClaimRequest request(String key, Owner owner, String fingerprint) {
        return new ClaimRequest(
                at(key, owner), new Fingerprint(fingerprint), "by-" + owner.token(), new ClaimLease(30_000), DAY);
    }

    private static Claim at(String key, Owner owner) {
        return new Claim(new IdempotencyKey("", key.replace(' ', '-')), owner);
    }

    private static <T> Decided<T> local(T decision) {
        return new Decided<>(decision, Source.LOCAL);
    }

    private static <T> Decision<T> now(CompletionStage<Decision<T>> stage) {
        return stage.toCompletableFuture().join();
    }

    private static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(20));
    }

    private Instant in(long seconds) {
        return Instant.EPOCH.plus(now.get(), ChronoUnit.MICROS).plusSeconds(seconds);
    }
}
