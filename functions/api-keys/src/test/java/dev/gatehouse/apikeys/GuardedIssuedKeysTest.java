// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.apikeys;

import static dev.gatehouse.apikeys.KeyCaller.ACME;
import static dev.gatehouse.apikeys.KeyCaller.patience;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.apikeys.Verification.Invalid;
import dev.gatehouse.apikeys.Verification.ScopeMissing;
import dev.gatehouse.apikeys.Verification.Valid;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.ratelimit.Check;
import dev.gatehouse.ratelimit.GuardedRateLimiter;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.ratelimit.LocalRateLimiter;
import dev.gatehouse.ratelimit.Mode;
import dev.gatehouse.ratelimit.RedisRateLimiter;
import dev.gatehouse.redis.LinkOnClock;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Keys behind the cache, and keys with the limits of their owner: with Redis, and while it is away. */
class GuardedIssuedKeysTest {

    private static final long SECOND = 1_000_000;
    private static final String TENANT = "tenant";

    private final AtomicLong now = new AtomicLong(1_790_000_000 * SECOND);
    private final RedisProcess redis = RedisProcess.start();
    private final FaultProxy wire = FaultProxy.inFrontOf(redis);
    private final RedisLink link = LinkOnClock.toServer(wire.port(), now::get);
    private final IssuedKeyCache cache = new IssuedKeyCache(1_000_000, now::get);
    private final IssuedKeyStore guarded = new GuardedIssuedKeys(new RedisIssuedKeys(link), cache);
    private final KeyCaller caller = new KeyCaller(guarded, TENANT);
    private final KeyCaller elsewhere = new KeyCaller(new RedisIssuedKeys(link), TENANT);
    private final GuardedRateLimiter limiter = new GuardedRateLimiter(
            new RedisRateLimiter(link), new LocalRateLimiter(1, 1_000, now::get), FallbackPolicy.LOCAL);
    private final KeyVerifier verifier = KeyVerifier.over(link, guarded, cache, limiter);

    @AfterEach
    void close() {
        link.close();
        wire.close();
        redis.close();
    }

    @Test
    void withoutRedisAKeyThatWasVerifiedIsFoundInMemoryForAMinute() {
        var made = caller.issued(ACME, "a");
        caller.verify(made.presented());
        redis.kill();

        assertThat(verify(made)).isEqualTo(new Decided<>(new Valid(made.key()), Source.LOCAL));
        assertThat(verify(made, "b")).isInstanceOfSatisfying(Decided.class, decided -> assertThat(decided.value())
                .isInstanceOf(ScopeMissing.class));
        now.addAndGet(60 * SECOND - 1);
        assertThat(verify(made)).isEqualTo(new Decided<>(new Valid(made.key()), Source.LOCAL));
        now.incrementAndGet();
        assertThat(verify(made)).isInstanceOf(Unavailable.class);
    }

    @Test
    void withoutRedisAKeyEndsWithItsLifetimeAndNoOtherIsRejected() {
        var brief = caller.issuedFor(ACME, 20);
        var unseen = caller.issued(ACME);
        caller.verify(brief.presented());
        redis.kill();
        now.addAndGet(20 * SECOND - 1);
        assertThat(verify(brief)).isInstanceOf(Decided.class);
        now.incrementAndGet();
        assertThat(verify(brief)).isInstanceOf(Unavailable.class);
        assertThat(verify(unseen)).isInstanceOf(Unavailable.class);
    }

    @Test
    void whatThisProcessChangesIsNotFoundInMemory() {
        var revoked = caller.issued(ACME);
        var rotated = caller.issued(ACME);
        var patched = caller.issued(ACME);
        var rejected = caller.issued(ACME);
        Stream.of(revoked, rotated, patched, rejected).forEach(made -> caller.verify(made.presented()));
        caller.revoke(revoked.id());
        caller.rotated(rotated.id(), 3600);
        caller.patch(patched.id(), new KeyPatch("n", null, null, null));
        elsewhere.revoke(rejected.id());
        assertThat(caller.verify(rejected.presented())).isEqualTo(new Invalid());
        redis.kill();

        Stream.of(revoked, rotated, patched, rejected)
                .forEach(made -> assertThat(verify(made)).isInstanceOf(Unavailable.class));
    }

    @Test
    void aReplyFromBeforeARevocationIsNotCached() {
        var made = caller.issued(ACME);
        var stamp = cache.stamp();
        caller.revoke(made.id());
        cache.update(TENANT, made.presented().digest(), new Valid(made.key()), stamp);
        redis.kill();
        assertThat(verify(made)).isInstanceOf(Unavailable.class);
    }

    @Test
    void withoutRedisEveryOtherOperationIsUnavailable() {
        var made = caller.issued(ACME);
        redis.kill();
        var id = made.id();
        assertThat(Stream.of(
                                guarded.issue(TENANT, KeyCaller.request(ACME, KeySecret.random(ACME)), patience()),
                                guarded.rotate(TENANT, id, KeySecret.randomFor(id), Duration.ZERO, patience()),
                                guarded.patch(TENANT, id, new KeyPatch("n", null, null, null), patience()),
                                guarded.revoke(TENANT, id, patience()),
                                guarded.list(TENANT, ACME, patience()))
                        .map(stage -> (Object) stage.toCompletableFuture().join()))
                .allSatisfy(decision -> assertThat(decision).isInstanceOf(Unavailable.class));
    }

    @Test
    void aKeyAndTwoLimitsOfItsOwnerAreOneScript() {
        var made = caller.issued(ACME, "a");
        limited(made, 3);
        var before = wire.traffic();

        var result = limited(made, 3);

        assertThat(wire.traffic().since(before).commandsForwarded()).isEqualTo(Map.of("EVALSHA", 1L));
        assertThat(result.source()).isEqualTo(Source.REDIS);
        assertThat(result.value().verification()).isEqualTo(new Valid(made.key()));
        assertThat(result.value().decision().allowed()).isTrue();
        assertThat(result.value().decision().limits().getFirst().remaining()).isOne();
        assertThat(result.value().check().limits())
                .allSatisfy(limit -> assertThat(limit.subject()).isEqualTo("acme"));
    }

    @Test
    void allKeysOfAnOwnerCountTogetherAndWithChecksOfTheOwner() {
        var one = caller.issued(ACME, "a");
        var other = caller.issued(ACME, "a");
        limited(one, 3);
        limited(other, 3);
        var check = new Check(List.of(new LimitedSubject(Limit.of("minute", 3, 60), "acme", 1)), Mode.ALL);
        assertThat(KeyCaller.decided(limiter.check(TENANT, check, patience())).allowed())
                .isTrue();

        var denied = limited(one, 3).value();

        assertThat(denied.verification()).isInstanceOf(Valid.class);
        assertThat(denied.decision().allowed()).isFalse();
    }

    @Test
    void onlyAValidKeyWithTheScopesChargesLimits() {
        var made = caller.issued(ACME, "a");
        var forged = new KeySecret(made.secret().body().substring(0, 13) + "0".repeat(33));
        var forgedKey = PresentedKey.parse(forged.text("gk")).orElseThrow();
        for (int i = 0; i < 3; i++) {
            assertThat(limited(forgedKey, 3, "a").value().verification()).isEqualTo(new Invalid());
            assertThat(limited(made.presented(), 3, "b").value().verification()).isInstanceOf(ScopeMissing.class);
        }
        assertThat(limited(made, 3).value().decision().limits().getFirst().remaining())
                .isEqualTo(2);
    }

    @Test
    void anImportedKeyChargesTheSameLimitsInTwoRoundTrips() {
        var digest = KeyDigest.of("foreign");
        caller.issue(IssueRequest.ofImport(ACME, digest, KeyCaller.details("a"), OptionalLong.empty()));
        limited(caller.issued(ACME, "a"), 3);
        var foreign = PresentedKey.parse("foreign").orElseThrow();
        limited(foreign, 3, "a");
        var before = wire.traffic();

        var result = limited(foreign, 3, "a").value();

        assertThat(result.decision().limits().getFirst().remaining()).isZero();
        assertThat(wire.traffic().since(before).commandsForwarded()).isEqualTo(Map.of("EVALSHA", 2L));
        assertThat(limited(PresentedKey.parse("unknown").orElseThrow(), 3)
                        .value()
                        .verification())
                .isEqualTo(new Invalid());
    }

    @Test
    void anImportedKeyThatRedisRejectedIsNotFoundInMemory() {
        var request =
                IssueRequest.ofImport(ACME, KeyDigest.of("foreign"), KeyCaller.details("a"), OptionalLong.empty());
        var id = KeyCaller.key(elsewhere.issue(request)).id();
        var foreign = PresentedKey.parse("foreign").orElseThrow();
        assertThat(limited(foreign, 3, "a").value().verification()).isInstanceOf(Valid.class);
        elsewhere.revoke(id);
        assertThat(limited(foreign, 3, "a").value().verification()).isEqualTo(new Invalid());
        redis.kill();

        assertThat(guarded.verify(TENANT, foreign, new TreeSet<>(), patience())
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(Unavailable.class);
    }

    @Test
    void withoutRedisTheLimitsOfAKnownKeyAreDecidedByTheirPolicies() {
        var made = caller.issued(ACME, "a");
        limited(made, 1);
        redis.kill();

        var first = limited(made, 1);
        assertThat(first.source()).isEqualTo(Source.LOCAL);
        assertThat(first.value().decision().allowed()).isTrue();
        assertThat(limited(made, 1).value().decision().allowed()).isFalse();
        assertThat(verifier.verify(
                                TENANT,
                                PresentedKey.parse(KeySecret.random(ACME).text("gk"))
                                        .orElseThrow(),
                                new TreeSet<>(),
                                _ -> check(1),
                                patience())
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(Unavailable.class);
    }

    @Test
    void inMemoryKeysAndLimitsAreDecidedInTurn() {
        var local = new LocalIssuedKeys(100, 100_000, now::get);
        var made = new KeyCaller(local, TENANT).issued(ACME, "a");
        var inMemory = KeyVerifier.inMemory(local, new LocalRateLimiter(1, 1_000, now::get));
        for (int i = 0; i < 2; i++) {
            var result = KeyCaller.decided(
                    inMemory.verify(TENANT, made.presented(), new TreeSet<>(), _ -> check(1), patience()));
            assertThat(result.decision().allowed()).isEqualTo(i == 0);
        }
    }

    private Decision<Verification> verify(KeyCaller.Made made, String... scopes) {
        return guarded.verify(TENANT, made.presented(), new TreeSet<>(List.of(scopes)), patience())
                .toCompletableFuture()
                .join();
    }

    private Decided<KeyVerifier.Result> limited(KeyCaller.Made made, long limit) {
        return limited(made.presented(), limit, "a");
    }

    private Decided<KeyVerifier.Result> limited(PresentedKey key, long limit, String... scopes) {
        var decision = verifier.verify(TENANT, key, new TreeSet<>(List.of(scopes)), _ -> check(limit), patience())
                .toCompletableFuture()
                .join();
        assertThat(decision).isInstanceOf(Decided.class);
        return (Decided<KeyVerifier.Result>) decision;
    }

    private static Check check(long limit) {
        return new Check(
                List.of(
                        new LimitedSubject(Limit.of("minute", limit, 60), "-", 1),
                        new LimitedSubject(Limit.of("hour", 100, 3600), "-", 1)),
                Mode.ALL);
    }
}
