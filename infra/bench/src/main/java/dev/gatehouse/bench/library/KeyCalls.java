// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench.library;

import dev.gatehouse.apikeys.GuardedIssuedKeys;
import dev.gatehouse.apikeys.Issuance;
import dev.gatehouse.apikeys.IssueRequest;
import dev.gatehouse.apikeys.IssuedKeyCache;
import dev.gatehouse.apikeys.IssuedKeyStore;
import dev.gatehouse.apikeys.KeyDetails;
import dev.gatehouse.apikeys.KeySecret;
import dev.gatehouse.apikeys.KeyVerifier;
import dev.gatehouse.apikeys.OwnerId;
import dev.gatehouse.apikeys.PresentedKey;
import dev.gatehouse.apikeys.RedisIssuedKeys;
import dev.gatehouse.apikeys.Verification.Valid;
import dev.gatehouse.bench.BenchRedis;
import dev.gatehouse.bench.Contestant.Role;
import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.ratelimit.Check;
import dev.gatehouse.ratelimit.GuardedRateLimiter;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.ratelimit.LocalRateLimiter;
import dev.gatehouse.ratelimit.Mode;
import dev.gatehouse.ratelimit.RedisRateLimiter;
import dev.gatehouse.redis.RedisLink;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Verifies API keys as their function does, on one link. */
final class KeyCalls implements AutoCloseable {

    private static final String TENANT = "bench";
    private static final String PREFIX = "gk";
    private static final Check LIMITS = new Check(
            List.of(
                    new LimitedSubject(Limit.of("burst", 1_000_000, 1), "owner", 1),
                    new LimitedSubject(Limit.of("hour", 1_000_000_000, 60), "owner", 1)),
            Mode.ALL);

    private final RedisLink link;
    private final IssuedKeyStore keys;
    private final KeyVerifier verifier;
    private final Map<String, String> texts = new ConcurrentHashMap<>();

    KeyCalls(String url) {
        link = BenchRedis.link(url);
        var cache = new IssuedKeyCache(IssuedKeyCache.DEFAULT_MAX_BYTES);
        keys = new GuardedIssuedKeys(new RedisIssuedKeys(link), cache);
        var limiter = new GuardedRateLimiter(new RedisRateLimiter(link), new LocalRateLimiter(), FallbackPolicy.LOCAL);
        verifier = KeyVerifier.over(link, keys, cache, limiter);
    }

    Operation verify() {
        return new Operation("Gatehouse, key", Role.OURS, subject -> verify(subject, null));
    }

    Operation verifyWithLimits() {
        return new Operation("Gatehouse, key and two limits", Role.OURS, subject -> verify(subject, LIMITS));
    }

    private void verify(String subject, @Nullable Check limits) {
        var key =
                PresentedKey.parse(texts.computeIfAbsent(subject, this::issue)).orElseThrow();
        var result =
                BenchRedis.decided(verifier.verify(TENANT, key, new TreeSet<>(), _ -> limits, BenchRedis.deadline()));
        if (!(result.verification() instanceof Valid) || !result.decision().allowed()) {
            throw new IllegalStateException("not verified");
        }
    }

    private String issue(String subject) {
        var owner = new OwnerId(subject);
        var secret = KeySecret.random(owner);
        var request = IssueRequest.of(owner, secret, PREFIX, KeyDetails.NONE, OptionalLong.empty());
        if (!(BenchRedis.decided(keys.issue(TENANT, request, BenchRedis.deadline())) instanceof Issuance.Issued)) {
            throw new IllegalStateException("not issued");
        }
        return secret.text(PREFIX);
    }

    @Override
    public void close() {
        link.close();
    }
}
