// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.apikeys;

import static dev.gatehouse.apikeys.KeyCaller.ACME;
import static dev.gatehouse.apikeys.KeyCaller.GLOBEX;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.apikeys.Verification.Invalid;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.redis.LinkOnClock;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RedisIssuedKeysTest extends IssuedKeysContract {

    private static final AtomicLong NOW = new AtomicLong();
    private static RedisProcess redis;
    private static FaultProxy wire;
    private static RedisLink link;

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        wire = FaultProxy.inFrontOf(redis);
        link = LinkOnClock.toServer(wire.port(), NOW::get);
    }

    @AfterAll
    static void stop() {
        link.close();
        wire.close();
        redis.close();
    }

    @Override
    IssuedKeyStore keys() {
        return new RedisIssuedKeys(link);
    }

    @Override
    AtomicLong clock() {
        return NOW;
    }

    @Override
    Source source() {
        return Source.REDIS;
    }

    @Test
    void theHashExpiresWithItsLastKeyAndLivesOnWhileOneDoes() {
        var hash = "gh:{" + tenant + ":" + HashTag.of("acme") + "}:ak";
        caller.issuedFor(ACME, 60);
        assertThat(pttl(hash)).isBetween(1L, 60_000L);
        var longer = caller.issuedFor(ACME, 600);
        assertThat(pttl(hash)).isBetween(60_001L, 600_000L);

        var lasting = caller.issued(ACME);
        assertThat(pttl(hash)).isEqualTo(-1);
        caller.revoke(lasting.id());
        assertThat(pttl(hash)).isBetween(60_001L, 600_000L);
        caller.patch(longer.id(), new KeyPatch(null, null, null, 0L));
        assertThat(pttl(hash)).isEqualTo(-1);
        caller.rotated(longer.id(), 60);
        assertThat(pttl(hash)).isEqualTo(-1);
        caller.list(ACME).forEach(key -> caller.revoke(key.id()));
        assertThat(pttl(hash)).as("absent").isEqualTo(-2);
    }

    @Test
    void thePointerOfAnImportedKeyIsRemovedWithItAndOutlastsNoExpiry() {
        var digest = KeyDigest.of("foreign");
        var pointer = "gh:{" + tenant + ":" + HashTag.of("foreign") + "}:ki";
        var key =
                KeyCaller.key(caller.issue(IssueRequest.ofImport(ACME, digest, KeyDetails.NONE, OptionalLong.empty())));
        assertThat(pttl(pointer)).isEqualTo(-1);
        caller.rotated(key.id(), 60);
        assertThat(pttl(pointer)).isBetween(60_000L, 120_000L);
        caller.revoke(key.id());
        assertThat(pttl(pointer)).isEqualTo(-2);
    }

    @Test
    void importingAgainShortensNoPointer() {
        var pointer = "gh:{" + tenant + ":" + HashTag.of("foreign") + "}:ki";
        imported(OptionalLong.of(60));
        assertThat(pttl(pointer)).isBetween(60_000L, 120_000L);
        imported(OptionalLong.of(3600));
        assertThat(pttl(pointer)).isBetween(3_600_000L, 3_660_000L);
        imported(OptionalLong.empty());
        assertThat(pttl(pointer)).isEqualTo(-1);
        imported(OptionalLong.of(60));
        assertThat(pttl(pointer)).isEqualTo(-1);
    }

    private void imported(OptionalLong seconds) {
        var digest = KeyDigest.of("foreign");
        KeyCaller.key(caller.issue(IssueRequest.ofImport(ACME, digest, KeyDetails.NONE, seconds)));
    }

    @Test
    void aPointerToNoKeyVerifiesNothing() {
        redis.cli("SET", "gh:{" + tenant + ":" + HashTag.of("foreign") + "}:ki", HashTag.of("acme"));
        assertThat(caller.verify(parsed("foreign"))).isEqualTo(new Invalid());
        var taken = IssueRequest.ofImport(GLOBEX, KeyDigest.of("foreign"), KeyDetails.NONE, OptionalLong.empty());
        assertThat(caller.issue(taken)).isInstanceOf(Issuance.Issued.class);
    }

    @Test
    void anUnreadableRecordVerifiesNothingAndStaysUnchanged() {
        var made = caller.issued(ACME);
        var hash = "gh:{" + tenant + ":" + HashTag.of("acme") + "}:ak";
        for (var record : List.of("", "\u0001", "not a record", "\u0093\u0001\u0002\u0003")) {
            redis.cli("HSET", hash, made.id().part(), record);
            assertThat(caller.verify(made.presented())).isEqualTo(new Invalid());
            assertThat(caller.list(ACME)).isEmpty();
            assertThat(redis.cli("HGET", hash, made.id().part())).isEqualTo(record);
        }
        redis.cli("DEL", hash);
        redis.cli("SET", hash, "foreign");
        assertThat(keys().verify(tenant, made.presented(), KeyDetails.NONE.scopes(), KeyCaller.patience())
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(Unavailable.class);
    }

    @Test
    void eachOperationOnAGeneratedKeyIsOneScript() {
        for (int i = 0; i < 2; i++) {
            boolean known = i == 1;
            var made = once(known, () -> caller.issued(ACME, "a"));
            once(known, () -> caller.verify(made.presented(), "a"));
            once(known, () -> caller.verify(made.presented(), "b"));
            once(known, () -> caller.patch(made.id(), new KeyPatch("n", null, null, null)));
            once(known, () -> caller.rotated(made.id(), 60));
            once(known, () -> caller.list(ACME));
            once(known, () -> caller.revoke(made.id()));
        }
    }

    private static <T> T once(boolean known, Supplier<T> operation) {
        var before = wire.traffic();
        var outcome = operation.get();
        if (known) {
            assertThat(wire.traffic().since(before).commandsForwarded()).isEqualTo(Map.of("EVALSHA", 1L));
        }
        return outcome;
    }

    private static long pttl(String key) {
        return (Long) redis.cli("PTTL", key);
    }
}
