// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.redis;

import static dev.gatehouse.local.redis.FunctionOperations.decided;
import static dev.gatehouse.local.redis.FunctionOperations.join;
import static dev.gatehouse.local.redis.FunctionOperations.patience;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.cache.CacheKey;
import dev.gatehouse.cache.CacheLookup;
import dev.gatehouse.cache.CacheValue;
import dev.gatehouse.cache.CacheWrite;
import dev.gatehouse.cache.FillOutcome.Filled;
import dev.gatehouse.cache.Invalidation;
import dev.gatehouse.cache.LoadOwner;
import dev.gatehouse.cache.RedisCache;
import dev.gatehouse.local.redis.FunctionOperations.Access;
import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.realtime.channel.Publication;
import dev.gatehouse.realtime.channel.Publication.Keep;
import dev.gatehouse.realtime.channel.PublishOutcome.Published;
import dev.gatehouse.realtime.channel.RedisChannelLog;
import dev.gatehouse.realtime.presence.EnterRequest;
import dev.gatehouse.realtime.presence.MemberConnection;
import dev.gatehouse.realtime.presence.RedisPresence;
import dev.gatehouse.redis.health.HealthCheck;
import dev.gatehouse.redis.health.RedisProbe;
import dev.gatehouse.redis.pubsub.RedisSubscriptions;
import dev.gatehouse.state.BatchOutcome;
import dev.gatehouse.state.Expectation;
import dev.gatehouse.state.ReadOutcome;
import dev.gatehouse.state.RedisStateStore;
import dev.gatehouse.state.StateClaim;
import dev.gatehouse.state.StateClaimOutcome;
import dev.gatehouse.state.StateKey;
import dev.gatehouse.state.StatePage;
import dev.gatehouse.state.StateValue;
import dev.gatehouse.state.StateWrite;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The operations of the functions that store data, and of health. */
final class StoreOperations {

    private StoreOperations() {}

    static void cache(Access access) {
        var cache = new RedisCache(access.link());
        var tenant = access.tenant();
        var scope = Optional.of("products");
        var key = CacheKey.of(scope, "product-7");
        var owner = new LoadOwner("ada");
        var value = new CacheWrite(key, CacheValue.of("v"), 60, 30, Set.of("shoes"));

        decided(cache.lookup(tenant, new CacheLookup(key, owner, 10_000), patience()));
        assertThat(decided(cache.extend(tenant, key, owner, 20_000, patience())))
                .isPresent();
        assertThat(decided(cache.fill(tenant, value, owner, patience()))).isInstanceOf(Filled.class);
        decided(cache.put(tenant, value, patience()));
        decided(cache.invalidate(tenant, new Invalidation(scope, List.of(key), Set.of(), false, true), patience()));
        decided(cache.lookup(tenant, new CacheLookup(key, owner, 10_000), patience()));
        decided(cache.release(tenant, key, owner, 1_000, patience()));
        // More marks than the head keeps.
        for (var i = 0; i < 22; i++) {
            var from = i * Invalidation.MAX_KEYS;
            var tags = IntStream.range(from, from + Invalidation.MAX_KEYS)
                    .mapToObj(tag -> "tag-" + tag)
                    .collect(Collectors.toSet());
            assertThat(decided(cache.invalidate(
                            tenant, new Invalidation(scope, List.of(), tags, false, false), patience())))
                    .isTrue();
        }
        assertThat(decided(cache.invalidate(tenant, Invalidation.of(key), patience())))
                .isTrue();
    }

    static void state(Access access) {
        var states = new RedisStateStore(access.link());
        var tenant = access.tenant();
        var key = StateKey.of("orders", "order-42");
        var any = Expectation.any();

        saved(access, states, StateWrite.save(key, Expectation.absent(), StateValue.of("{\"a\":1,\"b\":2}")));
        saved(access, states, StateWrite.merge(key, any, StateValue.of("{\"a\":null,\"c\":3}")));
        assertThat(decided(states.read(tenant, key, OptionalLong.empty(), patience())))
                .isInstanceOf(ReadOutcome.Found.class);
        var claim = decided(states.claim(tenant, StateClaim.of(key), patience()));
        assertThat(claim).isInstanceOf(StateClaimOutcome.Claimed.class);
        var fence = ((StateClaimOutcome.Claimed) claim).fence();
        decided(states.extend(tenant, key, fence, 40_000, patience()));
        decided(states.release(tenant, key, fence, patience()));
        saved(access, states, StateWrite.save(key, any, StateValue.of("{\"a\":2}")));
        saved(access, states, StateWrite.save(StateKey.of("orders", "order-43"), any, StateValue.of("{}")));
        var first = decided(states.list(tenant, "orders", 1, Optional.empty(), patience()));
        assertThat(first.states()).hasSize(1);
        StatePage rest = decided(states.list(tenant, "orders", 10, first.next(), patience()));
        assertThat(rest.states()).hasSize(1);
        decided(states.delete(tenant, key, any, OptionalLong.empty(), patience()));
    }

    private static void saved(Access access, RedisStateStore states, StateWrite write) {
        assertThat(decided(states.saveAll(access.tenant(), List.of(write), patience())))
                .isInstanceOf(BatchOutcome.AllSaved.class);
    }

    static void realtime(Access access) {
        presence(access);
        channel(access);
        signals(access);
    }

    private static void presence(Access access) {
        var presence = new RedisPresence(access.link());
        var tenant = access.tenant();
        var room = new ChannelName("room");
        var ada = new MemberConnection("ada", "1");

        assertThat(decided(presence.enter(tenant, room, EnterRequest.of(ada, 60, Optional.empty()), patience()))
                        .joined())
                .isTrue();
        decided(presence.type(tenant, room, ada, true, 5_000, patience()));
        assertThat(decided(presence.list(tenant, room, 10, Optional.empty(), patience()))
                        .members())
                .hasSize(1);
        assertThat(decided(presence.leave(tenant, room, List.of(ada), patience()))
                        .left())
                .hasSize(1);
    }

    private static void channel(Access access) {
        var log = new RedisChannelLog(access.link());
        var tenant = access.tenant();
        var room = new ChannelName("room");
        var start = decided(log.catchUp(tenant, room, Optional.empty(), 10, patience()));
        var name = room.redisKey(tenant, RedisChannelLog.EVENTS);
        var woken = new AtomicInteger();
        try (var subscriptions = new RedisSubscriptions(access.link().settings())) {
            subscriptions.subscribe(name, woken::incrementAndGet);
            await("subscription").atMost(Duration.ofSeconds(3)).until(() -> subscriptions.isActive(name));
            var before = woken.get();
            for (var i = 0; i < 3; i++) {
                var event = Publication.of("e", "1").keeping(new Keep(1, 60)).toRecipients("none");
                assertThat(decided(log.publish(tenant, room, event, patience())))
                        .isInstanceOf(Published.class);
            }
            await("message").atMost(Duration.ofSeconds(3)).until(() -> woken.get() >= before + 3);
            subscriptions.unsubscribe(name);
            await("end of the subscription")
                    .atMost(Duration.ofSeconds(3))
                    .until(() -> access.redis().cli("PUBSUB", "NUMSUB", name).equals(List.of(name, 0L)));
        }
        decided(log.catchUp(tenant, room, Optional.of(start.at()), 10, patience()));
    }

    private static void signals(Access access) {
        var signals = RedisChannelLog.ofSignals(access.link());
        assertThat(decided(signals.publish(
                        access.tenant(), new ChannelName("room"), Publication.of("e", "1"), patience())))
                .isInstanceOf(Published.class);
    }

    static void health(Access access) {
        var health = join(new RedisProbe(access.link()).check(HealthCheck.DEEP, patience()));

        assertThat(health.status()).isEqualTo("healthy");
        assertThat(health.restrictions()).isEmpty();
    }
}
