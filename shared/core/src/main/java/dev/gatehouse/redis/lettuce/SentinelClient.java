// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.lettuce;

import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.redis.config.RedisSettings.Node;
import dev.gatehouse.redis.config.SentinelSettings;
import dev.gatehouse.redis.sentinel.SentinelReply;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.NettyCustomizer;
import io.lettuce.core.sentinel.api.StatefulRedisSentinelConnection;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Queries Sentinels for the address of the master, each on a connection that it closes afterwards. Lettuce's own lookup
 * queries one Sentinel after another and trusts the first.
 */
final class SentinelClient {

    private static final Duration CLOSING = Duration.ofSeconds(2);

    private final RedisSettings settings;
    private final SentinelSettings sentinels;
    private final ClientResources own;
    private final RedisClient client;
    private final DeadlineTimer timer;
    private final Set<Channel> channels = ConcurrentHashMap.newKeySet();
    private final Map<Object, CompletableFuture<?>> inFlight = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** @param resources those of the connection to Redis, which this client shares but does not close */
    SentinelClient(RedisSettings settings, SentinelSettings sentinels, ClientResources resources, DeadlineTimer timer) {
        this.settings = settings;
        this.sentinels = sentinels;
        this.timer = timer;
        // A client of its own: the failure of an opening closes all channels of the other one.
        own = resources
                .mutate()
                .nettyCustomizer(new NettyCustomizer() {
                    @Override
                    public void afterChannelInitialized(Channel channel) {
                        channels.add(channel);
                        channel.closeFuture().addListener(_ -> channels.remove(channel));
                        if (closed) {
                            var _ = channel.close();
                        }
                    }
                })
                .build();
        this.client = ClientConfiguration.standalone(settings, own);
    }

    /** A reply, and the failure that caused it; null if there is an address. */
    record Outcome(SentinelReply reply, @Nullable ConnectFailure failure) {}

    /** Queries one Sentinel. The stage completes within the budget of a Sentinel, and never exceptionally. */
    CompletionStage<Outcome> query(Node sentinel) {
        return timer.limited(address(sentinel), settings.sentinelBudget(sentinels))
                .exceptionallyCompose(thrown -> ConnectFailure.isLostHandshake(thrown)
                        ? timer.limited(address(sentinel), settings.sentinelBudget(sentinels))
                        : CompletableFuture.failedFuture(thrown))
                .handle((address, thrown) -> outcome(sentinel, address, thrown));
    }

    private Outcome outcome(Node sentinel, @Nullable SocketAddress address, @Nullable Throwable thrown) {
        if (thrown == null && address instanceof InetSocketAddress master) {
            var node = new Node(master.getHostString(), master.getPort());
            return new Outcome(SentinelReply.of(sentinel, node), null);
        }
        var failure = failure(thrown);
        return new Outcome(SentinelReply.failed(sentinel, failure.reason()), failure);
    }

    private ConnectFailure failure(@Nullable Throwable thrown) {
        if (thrown == null) {
            return new ConnectFailure("it monitors no master " + sentinels.master(), true);
        }
        var cause = CommandFailure.unwrap(thrown);
        return String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT).contains("unknown command")
                ? new ConnectFailure("it is not a Sentinel", true)
                : ConnectFailure.of(thrown);
    }

    /** Completes with null if the Sentinel does not monitor the master. */
    private CompletionStage<@Nullable SocketAddress> address(Node sentinel) {
        CompletableFuture<StatefulRedisSentinelConnection<String, String>> connecting;
        try {
            connecting = client.connectSentinelAsync(
                    StringCodec.UTF8, ClientConfiguration.sentinelUri(settings, sentinels, sentinel));
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
        // Continues after the timeout of the caller, and so closes a late connection.
        return untilEnded(connecting.thenCompose(connection -> {
            var reply = timer.limited(
                    connection.async().getMasterAddrByName(sentinels.master()), settings.sentinelBudget(sentinels));
            var _ = untilEnded(reply.handle((_, _) -> connection).thenCompose(StatefulConnection::closeAsync));
            return reply;
        }));
    }

    /** Lets {@link #close} wait for {@code stage}. */
    private <T extends @Nullable Object> CompletableFuture<T> untilEnded(CompletableFuture<T> stage) {
        var key = new Object();
        inFlight.put(key, stage);
        return stage.whenComplete((_, _) -> inFlight.remove(key));
    }

    /** Closes all connections, and waits until queries in flight have failed, before their threads end. */
    void close() {
        closed = true;
        for (var channel : channels) {
            var _ = channel.close();
        }
        CompletableFuture.allOf(inFlight.values().toArray(CompletableFuture<?>[]::new))
                .completeOnTimeout(null, CLOSING.toMillis(), TimeUnit.MILLISECONDS)
                .handle((_, _) -> null)
                .join();
        client.shutdownAsync(0, 1, TimeUnit.SECONDS)
                .completeOnTimeout(null, CLOSING.toMillis(), TimeUnit.MILLISECONDS)
                .handle((_, _) -> null)
                .join();
    }

    /** Returns the resources whose shutdown also ends those that they were derived from. */
    ClientResources resources() {
        return own;
    }
}
