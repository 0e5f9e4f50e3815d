// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.socket;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.realtime.channel.Position;
import dev.gatehouse.realtime.channel.Publication;
import dev.gatehouse.realtime.channel.PublishOutcome;
import dev.gatehouse.redis.Deadline;
import java.util.concurrent.CompletionStage;

/** Delivers messages to the WebSockets of a transport. The stages never complete exceptionally. */
public interface SocketDelivery {

    /** Returns the maximum length of a message in bytes, at least {@value MessageSize#LEAST}. */
    default int maxMessageBytes() {
        return Integer.MAX_VALUE;
    }

    /** Sends a message to the WebSocket of {@code user}. Messages of one call arrive in the order of the calls. */
    CompletionStage<Void> send(SocketUser user, String message, Deadline deadline);

    /** Delivers the signals of a channel to {@code user} from now on. Returns false, and does not, if Redis does not reply. */
    CompletionStage<Boolean> subscribe(SocketUser user, ChannelName channel, Deadline deadline);

    /** Delivers the events after {@code at} to {@code user}, who is subscribed. */
    void follow(SocketUser user, ChannelName channel, Position at);

    /** Ends what {@link #subscribe} and {@link #follow} began. */
    void unsubscribe(SocketUser user, ChannelName channel);

    /** Adds an event to the log of a channel, and delivers it to all members. */
    CompletionStage<Decision<PublishOutcome>> publish(
            SocketUser by, ChannelName channel, Publication publication, Deadline deadline);

    /** Delivers a message that is not kept to the other members. A member may miss it. */
    CompletionStage<Void> signal(SocketUser by, ChannelName channel, String message, Deadline deadline);
}
