// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.pubsub;

import dev.gatehouse.redis.Jitter;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.redis.lettuce.DeadlineTimer;
import dev.gatehouse.redis.lettuce.LettuceConnector;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Subscribes on one connection of its own, which opens with the first subscription. After a loss it opens again with a growing
 * pause, and all subscriptions are renewed.
 */
public final class RedisSubscriptions implements Subscriptions {

    private static final Logger LOG = LoggerFactory.getLogger(RedisSubscriptions.class);
    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 2000;

    /** The maximum number of channels in one command. */
    private static final int MAX_BATCH = 500;

    private final DeadlineTimer timer = new DeadlineTimer();
    private final LettuceConnector connector;
    private final Map<String, Subscription> subscriptions = new ConcurrentHashMap<>();

    private @Nullable StatefulRedisPubSubConnection<String, String> connection;
    private boolean isOpening;
    private boolean isClosed;
    private boolean isRejected;
    private long pauseMillis = FIRST_PAUSE_MILLIS;

    private static final class Subscription {

        final Runnable reader;
        volatile boolean isActive;

        Subscription(Runnable reader) {
            this.reader = reader;
        }
    }

    private final class Messages extends RedisPubSubAdapter<String, String> {

        @Override
        public void subscribed(String channel, long count) {
            var subscription = subscriptions.get(channel);
            if (subscription != null) {
                subscription.isActive = true;
                subscription.reader.run();
            }
        }

        @Override
        public void message(String channel, String message) {
            var subscription = subscriptions.get(channel);
            if (subscription != null) {
                subscription.reader.run();
            }
        }
    }

    /** Creates subscriptions to the Redis of {@code settings}. It does not connect. */
    public RedisSubscriptions(RedisSettings settings) {
        this.connector = new LettuceConnector(settings, timer);
    }

    @Override
    public synchronized void subscribe(String channel, Runnable reader) {
        subscriptions.put(channel, new Subscription(reader));
        var open = connection;
        if (open != null) {
            send(open, List.of(channel));
        } else {
            open();
        }
    }

    @Override
    public synchronized void unsubscribe(String channel) {
        if (subscriptions.remove(channel) != null && connection != null) {
            var _ = connection.async().unsubscribe(channel);
        }
    }

    @Override
    public boolean isActive(String channel) {
        var subscription = subscriptions.get(channel);
        return subscription != null && subscription.isActive;
    }

    private void open() {
        if (isOpening || isClosed) {
            return;
        }
        isOpening = true;
        connector.openPubSub().whenComplete((opened, _) -> opened(opened));
    }

    private synchronized void opened(@Nullable StatefulRedisPubSubConnection<String, String> opened) {
        isOpening = false;
        if (opened == null) {
            openLater();
        } else if (isClosed) {
            var _ = opened.closeAsync();
        } else {
            connection = opened;
            opened.addListener(new Messages());
            opened.addListener(new RedisConnectionStateListener() {
                @Override
                public void onRedisDisconnected(RedisChannelHandler<?, ?> disconnected) {
                    lost(opened);
                }
            });
            if (opened.isOpen()) {
                renew(opened);
            } else {
                lost(opened);
            }
        }
    }

    private void renew(StatefulRedisPubSubConnection<String, String> open) {
        pauseMillis = FIRST_PAUSE_MILLIS;
        var channels = List.copyOf(subscriptions.keySet());
        for (int i = 0; i < channels.size(); i += MAX_BATCH) {
            send(open, channels.subList(i, Math.min(channels.size(), i + MAX_BATCH)));
        }
    }

    private void send(StatefulRedisPubSubConnection<String, String> open, List<String> channels) {
        open.async().subscribe(channels.toArray(String[]::new)).whenComplete((_, thrown) -> {
            if (thrown instanceof RedisCommandExecutionException) {
                reportRejection();
            }
        });
    }

    private synchronized void reportRejection() {
        if (!isRejected) {
            isRejected = true;
            LOG.warn(
                    "Redis rejects SUBSCRIBE: readers poll more often. The user needs the right to the channels gh:*.");
        }
    }

    private synchronized void lost(StatefulRedisPubSubConnection<String, String> lost) {
        if (connection != lost) {
            return;
        }
        connection = null;
        subscriptions.values().forEach(subscription -> subscription.isActive = false);
        var _ = lost.closeAsync();
        openLater();
    }

    private void openLater() {
        if (isClosed || subscriptions.isEmpty()) {
            return;
        }
        long millis = Jitter.between(pauseMillis / 2, pauseMillis + 1);
        pauseMillis = Math.min(LONGEST_PAUSE_MILLIS, 2 * pauseMillis);
        var _ = timer.schedule(this::openAgain, TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private synchronized void openAgain() {
        if (connection == null) {
            open();
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            isClosed = true;
            connection = null;
            subscriptions.clear();
        }
        connector.close();
        var _ = timer.stop();
    }
}
