// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.pubsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.testkit.logs.LogCapture;
import dev.gatehouse.testkit.redis.RedisCluster;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Subscriptions on a real Redis. */
class RedisSubscriptionsTest {

    private final AtomicInteger reads = new AtomicInteger();

    private static RedisSubscriptions to(String url) {
        return new RedisSubscriptions(RedisSettings.fromEnvironment(
                Map.of("REDIS_URL", url, "REDIS_CONNECTION_TIMEOUT", "5000", "REDIS_COMMAND_TIMEOUT", "5000")));
    }

    private void subscribe(Subscriptions subscriptions, String channel) {
        subscriptions.subscribe(channel, reads::incrementAndGet);
        await().until(() -> subscriptions.isActive(channel));
    }

    @Test
    void aReaderReadsAtTheBeginningAndAfterEachMessage() {
        try (var redis = RedisProcess.start();
                var subscriptions = to(redis.url())) {
            assertThat(redis.clients()).as("opens with the first subscription").isEmpty();
            subscribe(subscriptions, "a");
            await().until(() -> reads.get() == 1);
            redis.cli("PUBLISH", "a", "");
            await().until(() -> reads.get() == 2);
            assertThat(redis.cli("PUBLISH", "other", "")).isEqualTo(0L);

            subscriptions.unsubscribe("a");
            assertThat(subscriptions.isActive("a")).isFalse();
            await().until(() -> redis.cli("PUBLISH", "a", "").equals(0L));
        }
    }

    @Test
    void allSubscriptionsAreRenewedAfterALoss() {
        try (var redis = RedisProcess.start();
                var subscriptions = to(redis.url())) {
            var channels = IntStream.range(0, 1200).mapToObj(n -> "c" + n).toList();
            channels.forEach(channel -> subscriptions.subscribe(channel, reads::incrementAndGet));
            await().until(() -> channels.stream().allMatch(subscriptions::isActive));

            redis.kill();
            await().until(() -> channels.stream().noneMatch(subscriptions::isActive));
            reads.set(0);
            redis.restart();
            await().until(() -> channels.stream().allMatch(subscriptions::isActive));
            await().until(() -> reads.get() == channels.size());
            redis.cli("PUBLISH", "c1199", "");
            await().until(() -> reads.get() == channels.size() + 1);
        }
    }

    @Test
    void aSubscriptionBeginsWhenRedisDoes() {
        try (var redis = RedisProcess.start();
                var subscriptions = to(redis.url())) {
            redis.kill();
            subscriptions.subscribe("a", reads::incrementAndGet);
            redis.restart();
            await().until(() -> subscriptions.isActive("a"));
        }
    }

    @Test
    void aUserWithoutTheRightHasNoSubscription() {
        try (var redis = RedisProcess.setup()
                        .user("reader", "secret", "resetchannels ~* +@all")
                        .start();
                var logs = LogCapture.record();
                var subscriptions = to(redis.url().replace("redis://", "redis://reader:secret@"))) {
            subscriptions.subscribe("a", reads::incrementAndGet);
            subscriptions.subscribe("b", reads::incrementAndGet);
            await().until(() -> logs.text().contains("rejects SUBSCRIBE"));
            assertThat(subscriptions.isActive("a")).isFalse();
            assertThat(reads).hasValue(0);
            assertThat(logs.text()).containsOnlyOnce("rejects SUBSCRIBE").doesNotContain("secret");
        }
    }

    @Test
    void anyNodeOfAClusterDelivers() {
        try (var cluster = RedisCluster.start();
                var subscriptions = new RedisSubscriptions(RedisSettings.fromEnvironment(
                        Map.of("REDIS_CLUSTER_NODES", cluster.addresses(), "REDIS_CONNECTION_TIMEOUT", "5000")))) {
            subscribe(subscriptions, "a");
            await().until(() -> reads.get() == 1);
            for (var node : List.copyOf(cluster.masters())) {
                int before = reads.get();
                node.cli("PUBLISH", "a", "");
                await().until(() -> reads.get() == before + 1);
            }
        }
    }
}
