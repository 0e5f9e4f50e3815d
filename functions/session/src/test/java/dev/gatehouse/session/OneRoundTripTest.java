// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.redis.LinkOnClock;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.session.Attributes.Attribute.Value;
import dev.gatehouse.session.Creation.Created;
import dev.gatehouse.session.Lookup.Found;
import dev.gatehouse.session.Patching.Patched;
import dev.gatehouse.session.Rotation.Rotated;
import dev.gatehouse.session.SessionRequest.OnLimit;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Each operation takes one round trip, counted on the wire and by Redis. */
class OneRoundTripTest {

    private static final UserId USER = new UserId("ada");
    private static final Attributes PATCH = new Attributes(Map.of("theme", new Value("\"dark\"")));
    private static final AtomicLong NOW = new AtomicLong(1_790_000_000_000_000L);

    private static RedisProcess redis;
    private static FaultProxy wire;
    private static RedisLink link;

    private final Caller caller = new Caller(new RedisSessions(link), "tenant-" + UUID.randomUUID());

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

    @Test
    void eachOperationIsOneCachedScript() {
        askAll(false);
        askAll(true);
    }

    /** @param known whether Redis has the scripts */
    private void askAll(boolean known) {
        var first = request(10);
        var second = request(10);
        var evicting = request(1);

        assertThat(once(known, () -> caller.create(first))).isInstanceOf(Created.class);
        assertThat(once(known, () -> caller.create(first))).isInstanceOf(Created.class);
        assertThat(once(known, () -> caller.create(second))).isInstanceOf(Created.class);
        assertThat(once(known, () -> caller.lookup(first.token(), Touch.LOOK))).isInstanceOf(Found.class);
        NOW.addAndGet(120_000_000);
        assertThat(once(known, () -> caller.lookup(first.token(), Touch.TOUCH))).isInstanceOf(Found.class);
        assertThat(once(known, () -> caller.lookup(request(1).token(), Touch.TOUCH)))
                .isInstanceOf(Lookup.Invalid.class);
        var id = first.token().id();
        assertThat(once(known, () -> caller.patch(id, PATCH, OptionalLong.empty())))
                .isInstanceOf(Patched.class);
        assertThat(once(known, () -> caller.patch(id, PATCH, OptionalLong.of(2))))
                .isInstanceOf(Patched.class);
        assertThat(once(known, () -> caller.patch(id, PATCH, OptionalLong.of(2))))
                .isInstanceOf(Patching.VersionDiffers.class);
        assertThat(once(known, () -> caller.rotate(first.token(), Grace.DEFAULT)))
                .isInstanceOf(Rotated.class);
        assertThat(once(known, () -> caller.rotate(first.token(), Grace.DEFAULT)))
                .isInstanceOf(Rotated.class);
        assertThat(once(known, () -> caller.elevate(second.token(), new Rotation.Grant("strong", 300), Grace.DEFAULT)))
                .isInstanceOf(Rotated.class);
        assertThat(once(known, () -> caller.list(USER))).hasSize(2);
        assertThat(once(known, () -> caller.create(evicting))).isInstanceOf(Created.class);
        assertThat(once(known, () -> caller.revoke(id))).isZero();
        assertThat(once(known, () -> caller.revoke(evicting.token().id()))).isOne();
        assertThat(once(known, () -> caller.revokeAll(USER, Optional.empty()))).isZero();
    }

    private static <T> T once(boolean known, Supplier<T> operation) {
        var onWire = wire.traffic();
        redis.cli("CONFIG", "RESETSTAT");

        var outcome = operation.get();

        if (known) {
            assertThat(wire.traffic().since(onWire).commandsForwarded()).isEqualTo(Map.of("EVALSHA", 1L));
            assertThat(wire.traffic().since(onWire).commandReads()).isOne();
            assertThat(redis.calls("evalsha")).isOne();
            assertThat(redis.calls("eval")).isZero();
        }
        return outcome;
    }

    private static SessionRequest request(int maxSessions) {
        return SessionRequest.of(USER, PATCH, Device.UNKNOWN, 1800, 86_400, maxSessions, OnLimit.EVICT_OLDEST);
    }
}
