// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.realtime.channel.CatchUp;
import dev.gatehouse.realtime.channel.Position;
import dev.gatehouse.realtime.channel.Publication;
import dev.gatehouse.realtime.channel.RedisChannelLog;
import dev.gatehouse.realtime.presence.MemberConnection;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.redis.pubsub.RedisSubscriptions;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The delivery to WebSockets whose readers Redis wakes. */
class FeedSubscriptionsTest {

    private static final ChannelName ROOM = new ChannelName("room:1");
    private static final SocketUser ADA = new SocketUser("tenant", new MemberConnection("ada", "1"));
    private static final String KEY = ROOM.redisKey("tenant", RedisChannelLog.EVENTS);
    private static final Duration BUDGET = Duration.ofSeconds(5);

    private final RedisProcess redis = RedisProcess.start();
    private final RedisSettings settings = RedisSettings.fromEnvironment(
            Map.of("REDIS_URL", redis.url(), "REDIS_CONNECTION_TIMEOUT", "5000", "REDIS_COMMAND_TIMEOUT", "5000"));
    private final RedisLink link = RedisLink.to(settings);
    private final RedisChannelLog log = new RedisChannelLog(link);
    private final RedisSubscriptions subscriptions = new RedisSubscriptions(settings);
    private final List<String> received = new CopyOnWriteArrayList<>();
    private final FeedDelivery delivery = new FeedDelivery(
            log,
            new ChannelSignals(RedisChannelLog.ofSignals(link)),
            subscriptions,
            (_, message) -> received.add(message),
            BUDGET);

    @AfterEach
    void stop() {
        subscriptions.close();
        link.close();
        redis.close();
    }

    private Position end() {
        var stage = log.catchUp("tenant", ROOM, Optional.empty(), 1, Deadline.in(BUDGET));
        return ((Decided<CatchUp>) stage.toCompletableFuture().join()).value().at();
    }

    private void publish(int number) {
        log.publish("tenant", ROOM, Publication.of("e", "" + number), Deadline.in(BUDGET))
                .toCompletableFuture()
                .join();
    }

    private List<String> data() {
        return received.stream()
                .map(message -> message.replaceAll(".*\"data\":([0-9]+).*", "$1"))
                .toList();
    }

    private void follow() {
        delivery.follow(ADA, ROOM, end());
        await().until(() -> subscriptions.isActive(KEY));
    }

    @Test
    void aPublicationOfAnotherProcessIsReadAtOnce() {
        follow();
        for (int n = 0; n < 5; n++) {
            int expected = n + 1;
            publish(n);
            await().atMost(Duration.ofMillis(ChannelFeed.SUBSCRIBED_PAUSE_MILLIS / 3))
                    .until(() -> received.size() == expected);
        }
        assertThat(data()).containsExactly("0", "1", "2", "3", "4");
    }

    @Test
    void anIdleChannelIsNotPolled() {
        follow();
        publish(0);
        await().until(() -> received.size() == 1);
        await().pollDelay(Duration.ofMillis(300)).until(() -> true);
        long before = redis.calls("evalsha");
        await().during(Duration.ofMillis(ChannelFeed.PAUSE_MILLIS * 10))
                .atMost(Duration.ofSeconds(10))
                .until(() -> redis.calls("evalsha") - before <= 1);
    }

    @Test
    void anEventWithoutAMessageIsReadNevertheless() {
        follow();
        publish(0);
        await().until(() -> received.size() == 1);
        var user = redis.cli("ACL", "SETUSER", "default", "-publish");
        assertThat(user).isEqualTo("OK");
        publish(1);
        await().atMost(Duration.ofMillis(2 * ChannelFeed.SUBSCRIBED_PAUSE_MILLIS + 5000))
                .until(() -> received.size() == 2);
    }

    @Test
    void theEventsOfALossOfTheSubscriptionAreReadInOrder() {
        follow();
        for (int n = 0; n < 20; n++) {
            redis.cli("CLIENT", "KILL", "TYPE", "pubsub");
            publish(n);
        }
        await().until(() -> received.size() == 20);
        assertThat(data())
                .containsExactlyElementsOf(
                        IntStream.range(0, 20).mapToObj(Integer::toString).toList());
        await().until(() -> subscriptions.isActive(KEY));
    }

    @Test
    void aFeedThatEndsUnsubscribes() {
        follow();
        delivery.unsubscribe(ADA, ROOM);
        assertThat(subscriptions.isActive(KEY)).isFalse();
        await().until(() -> redis.cli("PUBLISH", KEY, "").equals(0L));
    }
}
