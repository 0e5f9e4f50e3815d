// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.lambda;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.realtime.channel.ChannelEvent;
import dev.gatehouse.realtime.channel.ChannelLog;
import dev.gatehouse.realtime.channel.ChannelRecipients;
import dev.gatehouse.realtime.channel.Position;
import dev.gatehouse.realtime.channel.Publication;
import dev.gatehouse.realtime.channel.PublishOutcome;
import dev.gatehouse.realtime.channel.PublishOutcome.Published;
import dev.gatehouse.realtime.lambda.ManagementApi.PostOutcome;
import dev.gatehouse.realtime.presence.Departures;
import dev.gatehouse.realtime.presence.MemberConnection;
import dev.gatehouse.realtime.presence.PresenceStore;
import dev.gatehouse.realtime.socket.ServerMessage;
import dev.gatehouse.realtime.socket.SocketDelivery;
import dev.gatehouse.realtime.socket.SocketUser;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.MicroClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers to the WebSockets of API Gateway by {@link ConnectionPosts}. The stages complete before the posts, so that no
 * WebSocket waits for another; {@link #finish} waits for them. One instance serves one invocation.
 *
 * <p>Nothing follows the logs: a member gets each event from the invocation that publishes it. A post that fails is given up,
 * and the member catches up. If WebSockets of a channel turn out to be closed, they all leave it in one step, and the other
 * members are informed.
 */
final class GatewayDelivery implements SocketDelivery {

    /** API Gateway accepts 128 KB in a post. */
    static final int MAX_MESSAGE_BYTES = 128_000;

    private static final Logger LOG = LoggerFactory.getLogger(GatewayDelivery.class);

    private final ChannelLog events;
    private final ChannelRecipients recipients;
    private final PresenceStore presence;
    private final ConnectionPosts posts;
    private final Deadline end;
    private final Duration budget;
    private final Queue<CompletableFuture<?>> work = new ConcurrentLinkedQueue<>();
    private volatile boolean isGone;

    /**
     * @param end the end of the invocation
     * @param budget the time limit of each operation on Redis
     */
    GatewayDelivery(
            ChannelLog events,
            ChannelRecipients recipients,
            PresenceStore presence,
            ConnectionPosts posts,
            Deadline end,
            Duration budget) {
        this.events = events;
        this.recipients = recipients;
        this.presence = presence;
        this.posts = posts;
        this.end = end;
        this.budget = budget;
    }

    @Override
    public int maxMessageBytes() {
        return MAX_MESSAGE_BYTES;
    }

    @Override
    public CompletionStage<Void> send(SocketUser user, String message, Deadline deadline) {
        work.add(posts.post(user.connectionId(), message).thenAccept(outcome -> {
            if (outcome == PostOutcome.GONE) {
                isGone = true;
            }
        }));
        return nothing();
    }

    /** Does nothing: members get signals as soon as they are present. */
    @Override
    public CompletionStage<Boolean> subscribe(SocketUser user, ChannelName channel, Deadline deadline) {
        return CompletableFuture.completedFuture(true);
    }

    /** Does nothing: members get events as soon as they are present. */
    @Override
    public void follow(SocketUser user, ChannelName channel, Position at) {}

    @Override
    public void unsubscribe(SocketUser user, ChannelName channel) {}

    /** An event with the time of this process. A repeated publication is not delivered again. */
    @Override
    public CompletionStage<Decision<PublishOutcome>> publish(
            SocketUser by, ChannelName channel, Publication publication, Deadline deadline) {
        return events.publish(by.tenant(), channel, publication.toRecipients(""), deadline)
                .thenApply(decision -> decision.ifDecided(outcome -> {
                    if (outcome instanceof Published published && !published.repeated()) {
                        var event = new ChannelEvent(
                                published.at(),
                                publication.id(),
                                publication.event(),
                                publication.data(),
                                MicroClock.instant(MicroClock.now()),
                                publication.from());
                        var message = ServerMessage.event(channel, event);
                        work.add(postToAll(by.tenant(), channel, published.recipients(), List.of(message)));
                    }
                }));
    }

    @Override
    public CompletionStage<Void> signal(SocketUser by, ChannelName channel, String message, Deadline deadline) {
        return recipients
                .of(by.tenant(), channel, by.connectionId(), deadline)
                .thenAccept(decision ->
                        decision.ifDecided(to -> work.add(postToAll(by.tenant(), channel, to, List.of(message)))));
    }

    private CompletableFuture<Void> postToAll(
            String tenant, ChannelName channel, List<MemberConnection> to, List<String> messages) {
        var gone = new ConcurrentLinkedQueue<MemberConnection>();
        var all = new ArrayList<CompletableFuture<?>>();
        for (var message : messages) {
            for (var member : to) {
                all.add(posts.post(member.connectionId(), message).thenAccept(outcome -> {
                    if (outcome == PostOutcome.GONE) {
                        gone.add(member);
                    }
                }));
            }
        }
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
                .thenCompose(
                        _ -> removeAll(tenant, channel, gone.stream().distinct().toList()));
    }

    /** Removes closed WebSockets from a channel in one step, and informs the others. Ends when none of them is closed. */
    private CompletionStage<Void> removeAll(String tenant, ChannelName channel, List<MemberConnection> gone) {
        if (gone.isEmpty()) {
            return nothing();
        }
        return presence.leave(tenant, channel, gone, end.atMost(budget)).thenCompose(decision -> {
            if (!(decision instanceof Decided<Departures>(var departures, var _))) {
                return nothing();
            }
            var messages = new ArrayList<String>();
            departures.departed().forEach(userId -> messages.add(ServerMessage.left(channel, userId)));
            departures.left().forEach(userId -> messages.add(ServerMessage.left(channel, userId)));
            return messages.isEmpty()
                    ? nothing()
                    : recipients
                            .of(tenant, channel, "", end.atMost(budget))
                            .thenCompose(others -> others instanceof Decided<List<MemberConnection>>(var to, var _)
                                    ? postToAll(tenant, channel, to, messages)
                                    : nothing());
        });
    }

    /**
     * Waits for all posts and what follows from them, up to the end of the invocation.
     *
     * @return whether the WebSocket that {@link #send} was called for turned out to be closed
     */
    boolean finish() {
        for (var one = work.poll(); one != null; one = work.poll()) {
            try {
                one.get(Math.max(0, end.remainingNanos()), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                LOG.warn("The invocation ended before all WebSockets had their messages");
                return isGone;
            } catch (ExecutionException e) {
                LOG.error("Messages to WebSockets were not sent", e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return isGone;
            }
        }
        return isGone;
    }

    private static CompletableFuture<Void> nothing() {
        return CompletableFuture.completedFuture(null);
    }
}
