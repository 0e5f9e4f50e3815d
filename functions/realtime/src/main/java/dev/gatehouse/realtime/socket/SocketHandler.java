// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.socket;

import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.ratelimit.RateLimiter;
import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.realtime.channel.CatchUp;
import dev.gatehouse.realtime.channel.ChannelLog;
import dev.gatehouse.realtime.channel.Position;
import dev.gatehouse.realtime.channel.Publication;
import dev.gatehouse.realtime.channel.PublishOutcome;
import dev.gatehouse.realtime.channel.PublishOutcome.Published;
import dev.gatehouse.realtime.channel.PublishOutcome.TooManyRecipients;
import dev.gatehouse.realtime.presence.MemberPage;
import dev.gatehouse.realtime.presence.PresenceStore;
import dev.gatehouse.realtime.presence.TypingUsers;
import dev.gatehouse.realtime.socket.ChannelRights.Right;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.validation.InvalidArgument;
import dev.gatehouse.web.json.InvalidRequest;
import dev.gatehouse.web.json.JsonBinder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Does what clients request over WebSockets, whatever the transport. A message that is malformed, too long, too frequent or
 * without a right gets an error, and changes nothing.
 *
 * <p>The identity is the user of the session that opened the WebSocket. The stages complete by the deadline of the call, and
 * never exceptionally. If messages of one WebSocket are handled concurrently, their order is open.
 */
public final class SocketHandler {

    /** The maximum length of a message in bytes. */
    public static final int MAX_MESSAGE_BYTES = 40 * 1024;

    private static final int FIRST_MEMBERS = 100;
    private static final long TYPING_MILLIS = 6_000;

    private final PresenceStore presence;
    private final ChannelLog events;
    private final ConnectionChannels channels;
    private final ChannelRights rights;
    private final SocketLimits limits;
    private final SocketDelivery delivery;
    private final ChannelMembership membership;

    /**
     * Creates a handler.
     *
     * @param ttlSeconds the time after which a WebSocket is absent without another {@link #heartbeat}
     */
    public SocketHandler(
            PresenceStore presence,
            ChannelLog events,
            ConnectionChannels channels,
            ChannelRights rights,
            RateLimiter limiter,
            SocketDelivery delivery,
            long ttlSeconds) {
        this.presence = presence;
        this.events = events;
        this.channels = channels;
        this.rights = rights;
        this.limits = new SocketLimits(limiter);
        this.delivery = delivery;
        this.membership = new ChannelMembership(presence, channels, delivery, ttlSeconds);
    }

    /** Handles a message of a client. */
    public CompletionStage<Void> handle(SocketUser user, String text, Deadline deadline) {
        return limits.allowMessage(user, deadline)
                .thenCompose(isAllowed -> isAllowed
                        ? parse(user, text, deadline)
                        : error(user, null, null, "quota-exceeded", "Send fewer messages.", deadline));
    }

    private CompletionStage<Void> parse(SocketUser user, String text, Deadline deadline) {
        if (text.length() > MAX_MESSAGE_BYTES || text.getBytes(StandardCharsets.UTF_8).length > MAX_MESSAGE_BYTES) {
            return error(
                    user,
                    null,
                    null,
                    "message-too-large",
                    "A message has at most " + MAX_MESSAGE_BYTES / 1024 + " KiB.",
                    deadline);
        }
        ClientMessage message;
        try {
            message = JsonBinder.bind(ClientMessage.class, text.getBytes(StandardCharsets.UTF_8));
        } catch (InvalidRequest invalid) {
            return error(user, null, null, "invalid-message", ClientMessage.violations(invalid), deadline);
        }
        try {
            return handle(user, message, deadline);
        } catch (InvalidArgument invalid) {
            return error(user, message, "invalid-message", invalid.field() + " " + invalid.getMessage(), deadline);
        }
    }

    private CompletionStage<Void> handle(SocketUser user, ClientMessage message, Deadline deadline) {
        return switch (message.action()) {
            case "join" -> allowed(Right.JOIN, user, message, deadline, () -> join(user, message, deadline));
            case "leave" -> leave(user, message, deadline);
            case "publish" -> allowed(Right.PUBLISH, user, message, deadline, () -> publish(user, message, deadline));
            case "typing" -> allowed(Right.TYPING, user, message, deadline, () -> type(user, message, deadline));
            case "catch-up" -> allowed(Right.JOIN, user, message, deadline, () -> catchUp(user, message, deadline));
            default -> ping(user, message, deadline);
        };
    }

    private CompletionStage<Void> allowed(
            Right right,
            SocketUser user,
            ClientMessage message,
            Deadline deadline,
            Supplier<CompletionStage<Void>> action) {
        return rights.allows(right, user.userId(), message.channelName().value())
                ? action.get()
                : error(user, message, "forbidden", "The user has no right to do this in this channel.", deadline);
    }

    private CompletionStage<Void> join(SocketUser user, ClientMessage message, Deadline deadline) {
        var channel = message.channelName();
        var since = message.position();
        var request = membership.request(
                user, message.info() == null ? null : message.info().text());
        return channels.add(user, channel, deadline).thenCompose(added -> switch (added) {
            case Unavailable<Boolean> _ -> unavailable(user, message, deadline);
            case Decided<Boolean>(var isAdded, var _)
            when !isAdded ->
                error(
                        user,
                        message,
                        "too-many-channels",
                        "A WebSocket joins at most " + ConnectionChannels.MAX_CHANNELS + " channels.",
                        deadline);
            case Decided<Boolean> _ -> {
                // A client that joins again begins anew: it would get events twice.
                delivery.unsubscribe(user, channel);
                yield delivery.subscribe(user, channel, deadline)
                        .thenCompose(isSubscribed -> isSubscribed
                                ? membership
                                        .enter(user, channel, request, deadline)
                                        .thenCompose(_ -> present(user, message, channel, since, deadline))
                                : unavailable(user, message, deadline));
            }
        });
    }

    /** Sends the members and the missed events, then those that follow. */
    private CompletionStage<Void> present(
            SocketUser user, ClientMessage message, ChannelName channel, Optional<Position> since, Deadline deadline) {
        var members = presence.list(user.tenant(), channel, FIRST_MEMBERS, Optional.empty(), deadline);
        var missed = events.catchUp(user.tenant(), channel, since, ChannelLog.MAX_LIMIT, deadline);
        return members.thenCombine(
                        missed,
                        (page, caughtUp) -> page instanceof Decided<MemberPage> shown
                                        && caughtUp instanceof Decided<CatchUp>(var first, var _)
                                ? membership
                                        .reportLeft(user, channel, shown.value().departed(), deadline)
                                        .thenCompose(_ -> reply(
                                                user,
                                                message,
                                                self(user, channel, shown, since.orElse(first.at())),
                                                deadline))
                                        .thenCompose(_ -> since.isPresent()
                                                ? sendMissed(user, channel, first, deadline)
                                                : CompletableFuture.completedStage(first.at()))
                                        .thenAccept(at -> delivery.follow(user, channel, at))
                                : unavailable(user, message, deadline))
                .thenCompose(stage -> stage);
    }

    private String self(SocketUser user, ChannelName channel, Decided<MemberPage> shown, Position at) {
        var page = MessageSize.fit(shown.value(), delivery.maxMessageBytes());
        return ServerMessage.self(channel, user.userId(), page, at, shown.degraded());
    }

    private CompletionStage<Position> sendMissed(SocketUser user, ChannelName channel, CatchUp all, Deadline deadline) {
        var missed = MessageSize.fit(all, delivery.maxMessageBytes());
        return delivery.send(user, ServerMessage.caughtUp(channel, missed), deadline)
                .thenCompose(_ -> missed.more()
                        ? events.catchUp(
                                        user.tenant(),
                                        channel,
                                        Optional.of(missed.at()),
                                        ChannelLog.MAX_LIMIT,
                                        deadline)
                                .thenCompose(next -> next instanceof Decided<CatchUp>(var more, var _)
                                        ? sendMissed(user, channel, more, deadline)
                                        : CompletableFuture.completedStage(missed.at()))
                        : CompletableFuture.completedStage(missed.at()));
    }

    private CompletionStage<Void> leave(SocketUser user, ClientMessage message, Deadline deadline) {
        var channel = message.channelName();
        return membership
                .leave(user, channel, deadline)
                .thenCompose(_ -> reply(user, message, ServerMessage.selfLeft(channel, user.userId()), deadline));
    }

    private CompletionStage<Void> publish(SocketUser user, ClientMessage message, Deadline deadline) {
        var channel = message.channelName();
        var event = Publication.of(
                        String.valueOf(message.event()),
                        message.data() == null ? "null" : message.data().text())
                .from(user.userId())
                .keepingAsBefore();
        var publication = message.id() == null ? event : event.withId(message.id());
        return delivery.publish(user, channel, publication, deadline).thenCompose(decision -> switch (decision) {
            case Decided<PublishOutcome>(Published published, var _) ->
                reply(user, message, ServerMessage.published(channel, published.at(), publication.id()), deadline);
            case Decided<PublishOutcome>(TooManyRecipients _, var _) ->
                error(user, message, "too-many-recipients", "The channel has too many connections.", deadline);
            case Unavailable<PublishOutcome> _ -> unavailable(user, message, deadline);
        });
    }

    private CompletionStage<Void> type(SocketUser user, ClientMessage message, Deadline deadline) {
        var channel = message.channelName();
        boolean typing = Boolean.TRUE.equals(message.typing());
        return presence.type(user.tenant(), channel, user.connection(), typing, TYPING_MILLIS, deadline)
                .thenCompose(decision -> decision instanceof Decided<TypingUsers>(var users, var _)
                        ? limits.allowTyping(user, channel, typing, users, deadline)
                        : CompletableFuture.completedStage(false))
                .thenCompose(isDue -> isDue
                        ? delivery.signal(user, channel, ServerMessage.typing(channel, user.userId(), typing), deadline)
                        : ChannelMembership.nothing());
    }

    private CompletionStage<Void> ping(SocketUser user, ClientMessage message, Deadline deadline) {
        return limits.allowHeartbeat(user, deadline)
                .thenCompose(isAllowed -> isAllowed
                        ? membership.heartbeat(user, Duration.ZERO, deadline).thenApply(ServerMessage::pong)
                        : CompletableFuture.completedStage(ServerMessage.pong(null)))
                .thenCompose(pong -> reply(user, message, pong, deadline));
    }

    private CompletionStage<Void> catchUp(SocketUser user, ClientMessage message, Deadline deadline) {
        int limit = message.limit() == null ? ChannelLog.MAX_LIMIT : message.limit();
        return events.catchUp(user.tenant(), message.channelName(), message.position(), limit, deadline)
                .thenCompose(decision -> decision instanceof Decided<CatchUp>(var caughtUp, var _)
                        ? reply(
                                user,
                                message,
                                ServerMessage.caughtUp(
                                        message.channelName(), MessageSize.fit(caughtUp, delivery.maxMessageBytes())),
                                deadline)
                        : unavailable(user, message, deadline));
    }

    /** Continues the presence of a WebSocket in all its channels. */
    public CompletionStage<Void> heartbeat(SocketUser user, Deadline deadline) {
        return heartbeat(user, Duration.ZERO, deadline);
    }

    /** Does the same, unless it was done within {@code interval}. */
    public CompletionStage<Void> heartbeat(SocketUser user, Duration interval, Deadline deadline) {
        return membership.heartbeat(user, interval, deadline).thenAccept(_ -> {});
    }

    /** Leaves all channels of a WebSocket that was closed. */
    public CompletionStage<Void> closed(SocketUser user, Deadline deadline) {
        return membership.leaveAll(user, deadline);
    }

    private CompletionStage<Void> reply(SocketUser user, ClientMessage message, String text, Deadline deadline) {
        return delivery.send(user, ServerMessage.withRef(text, message.ref()), deadline);
    }

    private CompletionStage<Void> unavailable(SocketUser user, ClientMessage message, Deadline deadline) {
        return error(user, message, "store-unavailable", "Redis does not reply. It is safe to repeat.", deadline);
    }

    private CompletionStage<Void> error(
            SocketUser user, ClientMessage message, String problem, String detail, Deadline deadline) {
        var channel = message.channel() == null ? null : message.channelName();
        return error(user, channel, message.ref(), problem, detail, deadline);
    }

    private CompletionStage<Void> error(
            SocketUser user,
            @Nullable ChannelName channel,
            @Nullable String ref,
            String problem,
            String detail,
            Deadline deadline) {
        return delivery.send(user, ServerMessage.withRef(ServerMessage.error(channel, problem, detail), ref), deadline);
    }
}
