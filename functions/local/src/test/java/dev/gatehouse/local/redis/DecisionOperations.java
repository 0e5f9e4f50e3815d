// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.redis;

import static dev.gatehouse.local.redis.FunctionOperations.decided;
import static dev.gatehouse.local.redis.FunctionOperations.patience;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.apikeys.Issuance;
import dev.gatehouse.apikeys.IssueRequest;
import dev.gatehouse.apikeys.KeyDetails;
import dev.gatehouse.apikeys.KeyDigest;
import dev.gatehouse.apikeys.KeyPatch;
import dev.gatehouse.apikeys.KeySecret;
import dev.gatehouse.apikeys.OwnerId;
import dev.gatehouse.apikeys.PresentedKey;
import dev.gatehouse.apikeys.RedisIssuedKeys;
import dev.gatehouse.apikeys.Verification;
import dev.gatehouse.fallback.OwnerOutcome.Held;
import dev.gatehouse.idempotency.Claim;
import dev.gatehouse.idempotency.ClaimLease;
import dev.gatehouse.idempotency.ClaimOutcome;
import dev.gatehouse.idempotency.ClaimOutcome.Claimed;
import dev.gatehouse.idempotency.ClaimRequest;
import dev.gatehouse.idempotency.Fingerprint;
import dev.gatehouse.idempotency.IdempotencyKey;
import dev.gatehouse.idempotency.Lifetime;
import dev.gatehouse.idempotency.Owner;
import dev.gatehouse.idempotency.RedisClaims;
import dev.gatehouse.idempotency.Response;
import dev.gatehouse.idempotency.ResponseBody;
import dev.gatehouse.local.redis.FunctionOperations.Access;
import dev.gatehouse.ratelimit.Check;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.ratelimit.Mode;
import dev.gatehouse.ratelimit.RedisRateLimiter;
import dev.gatehouse.ratelimit.lease.Acquisition.Granted;
import dev.gatehouse.ratelimit.lease.Lease;
import dev.gatehouse.ratelimit.lease.LeaseRequest;
import dev.gatehouse.ratelimit.lease.RedisLeases;
import dev.gatehouse.ratelimit.policy.Policies.StoreResult;
import dev.gatehouse.ratelimit.policy.PolicyOverride;
import dev.gatehouse.ratelimit.policy.RedisPolicies;
import dev.gatehouse.session.Attributes;
import dev.gatehouse.session.Creation;
import dev.gatehouse.session.Device;
import dev.gatehouse.session.Grace;
import dev.gatehouse.session.Lookup;
import dev.gatehouse.session.RedisSessions;
import dev.gatehouse.session.Rotation;
import dev.gatehouse.session.SessionRequest;
import dev.gatehouse.session.SessionRequest.OnLimit;
import dev.gatehouse.session.Touch;
import dev.gatehouse.session.UserId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;

/** The operations of the functions that decide. */
final class DecisionOperations {

    private DecisionOperations() {}

    static void idempotency(Access access) {
        var claims = new RedisClaims(access.link());
        var tenant = access.tenant();
        var claim = new Claim(new IdempotencyKey("orders", "order-42"), new Owner("ada"));
        var request =
                new ClaimRequest(claim, new Fingerprint("sha"), "by-ada", new ClaimLease(30_000), new Lifetime(60));

        assertThat(decided(claims.claim(tenant, request, patience()))).isInstanceOf(Claimed.class);
        assertThat(decided(claims.extend(tenant, claim, new ClaimLease(40_000), patience())))
                .isInstanceOf(Held.class);
        assertThat(decided(claims.release(tenant, claim, patience()))).isEqualTo(new Held<>(true));
        assertThat(decided(claims.claim(tenant, request, patience()))).isInstanceOf(Claimed.class);
        var response = new Response(200, List.of(), ResponseBody.of("done"));
        assertThat(decided(claims.complete(tenant, claim, response, Optional.empty(), patience())))
                .isInstanceOf(Held.class);
        assertThat(decided(claims.inspect(tenant, claim.key(), patience()))).isInstanceOf(ClaimOutcome.Completed.class);
        assertThat(decided(claims.invalidate(tenant, claim.key(), patience()))).isTrue();
    }

    static void rateLimit(Access access) {
        limits(access);
        leases(access);
        policies(access);
    }

    private static void limits(Access access) {
        var limiter = new RedisRateLimiter(access.link());
        var tenant = access.tenant();
        var limit = Limit.of("api", 10, 60);
        var check = new Check(List.of(new LimitedSubject(limit, "ada", 3)), Mode.ALL);

        assertThat(decided(limiter.check(tenant, check, patience())).allowed()).isTrue();
        assertThat(decided(limiter.refund(tenant, check, patience())).allowed()).isTrue();
        assertThat(decided(limiter.check(tenant, check, patience())).allowed()).isTrue();
        assertThat(decided(limiter.reset(tenant, "api", "ada", patience()))).isTrue();
    }

    private static void leases(Access access) {
        var leases = new RedisLeases(access.link());
        var lease = new Lease("exports", "ada", Lease.newId());

        assertThat(decided(leases.acquire(access.tenant(), new LeaseRequest(lease, 2, 30_000), patience())))
                .isInstanceOf(Granted.class);
        decided(leases.extend(access.tenant(), lease, 40_000, patience()));
        assertThat(decided(leases.release(access.tenant(), lease, patience()))).isTrue();
    }

    private static void policies(Access access) {
        var policies = new RedisPolicies(access.link());
        var tenant = access.tenant();
        var limit = Limit.of("api", 10, 60);

        assertThat(decided(policies.put(tenant, limit, patience()))).isEqualTo(StoreResult.STORED);
        assertThat(decided(policies.override(tenant, "ada", PolicyOverride.of(Limit.of("api", 20, 60)), patience())))
                .isEqualTo(StoreResult.STORED);
        decided(policies.snapshot(tenant, patience()));
        assertThat(decided(policies.find(tenant, "api", patience()))).isPresent();
        assertThat(decided(policies.remove(tenant, "api", patience()))).isTrue();
    }

    static void session(Access access) {
        var sessions = new RedisSessions(access.link());
        var later = new RedisSessions(access.later());
        var tenant = access.tenant();
        var ada = new UserId("ada");
        var request = SessionRequest.of(ada, Attributes.NONE, Device.UNKNOWN, 1800, 3600, 10, OnLimit.EVICT_OLDEST);

        assertThat(decided(sessions.create(tenant, request, patience()))).isInstanceOf(Creation.Created.class);
        assertThat(decided(sessions.lookup(tenant, request.token(), Touch.TOUCH, patience())))
                .isInstanceOf(Lookup.Found.class);
        assertThat(decided(later.lookup(tenant, request.token(), Touch.TOUCH, patience())))
                .isInstanceOf(Lookup.Found.class);
        var rotation = decided(sessions.rotate(tenant, request.token(), new Grace(10), patience()));
        assertThat(rotation).isInstanceOf(Rotation.Rotated.class);
        decided(sessions.patch(tenant, request.token().id(), Attributes.NONE, OptionalLong.empty(), patience()));
        assertThat(decided(sessions.list(tenant, ada, patience()))).hasSize(1);
        assertThat(decided(sessions.revoke(tenant, request.token().id(), patience())))
                .isEqualTo(1);
        assertThat(decided(sessions.revokeAll(tenant, ada, Optional.empty(), patience())))
                .isZero();
    }

    static void apiKeys(Access access) {
        var keys = new RedisIssuedKeys(access.link());
        var tenant = access.tenant();
        var owner = new OwnerId("acme");
        var secret = KeySecret.random(owner);
        var request = IssueRequest.of(owner, secret, "gk", KeyDetails.NONE, OptionalLong.of(600));

        assertThat(decided(keys.issue(tenant, request, patience()))).isInstanceOf(Issuance.Issued.class);
        var presented = PresentedKey.parse(secret.text("gk")).orElseThrow();
        assertThat(decided(keys.verify(tenant, presented, new TreeSet<>(), patience())))
                .isInstanceOf(Verification.Valid.class);
        decided(keys.patch(tenant, secret.id(), new KeyPatch(null, null, null, 0L), patience()));
        var successor = KeySecret.randomFor(secret.id());
        assertThat(decided(keys.rotate(tenant, secret.id(), successor, Duration.ofMinutes(1), patience())))
                .isInstanceOf(Issuance.Issued.class);
        var digest = KeyDigest.ofHex("ab".repeat(32));
        var foreign = IssueRequest.ofImport(owner, digest, KeyDetails.NONE, OptionalLong.of(600));
        assertThat(decided(keys.issue(tenant, foreign, patience()))).isInstanceOf(Issuance.Issued.class);
        assertThat(decided(keys.issue(tenant, foreign, patience()))).isInstanceOf(Issuance.Issued.class);
        assertThat(decided(
                        keys.verify(tenant, new PresentedKey(Optional.empty(), digest), new TreeSet<>(), patience())))
                .isInstanceOf(Verification.Valid.class);
        assertThat(decided(keys.list(tenant, owner, patience()))).hasSize(3);
        assertThat(decided(keys.revoke(tenant, foreign.id(), patience()))).isTrue();
        assertThat((List<?>) access.redis().cli("KEYS", "gh:{" + tenant + ":*}:ki"))
                .as("pointers to revoked keys")
                .isEmpty();
        assertThat(decided(keys.revoke(tenant, successor.id(), patience()))).isTrue();
    }
}
