// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.socket;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.redis.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Stores the channels that each WebSocket has joined, so that it can leave them when it closes.
 *
 * <p>The contract, verified by {@code ConnectionChannelsContract}:
 *
 * <ol>
 *   <li>Of any number of concurrent calls, no more than {@value #MAX_CHANNELS} channels are added, and each removal has one
 *       caller. A removal whose reply was lost may find the channel absent.
 *   <li>Of any number of concurrent calls of {@link #due}, one gets the channels.
 *   <li>WebSockets are separate, also those of other users or tenants with the same id.
 *   <li>Every stage completes by its deadline, and never exceptionally.
 * </ol>
 */
public interface ConnectionChannels {

    /** The maximum number of channels of a WebSocket. */
    int MAX_CHANNELS = 50;

    /** Adds a channel. The decision is false, and nothing changes, at {@link #MAX_CHANNELS} others. */
    CompletionStage<Decision<Boolean>> add(SocketUser user, ChannelName channel, Deadline deadline);

    /** Removes a channel. The decision is whether it was there. */
    CompletionStage<Decision<Boolean>> remove(SocketUser user, ChannelName channel, Deadline deadline);

    /** Returns all channels, in the order of joining. */
    CompletionStage<Decision<List<ChannelName>>> all(SocketUser user, Deadline deadline);

    /** Returns all channels if the last call that returned some is at least {@code interval} ago; otherwise none. */
    CompletionStage<Decision<List<ChannelName>>> due(SocketUser user, Duration interval, Deadline deadline);
}
