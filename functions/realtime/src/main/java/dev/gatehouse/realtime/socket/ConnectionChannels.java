package dev.gatehouse.realtime.socket;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.redis.Deadline;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Stores the channels that each WebSocket has joined, so that it can leave them when it closes. */
public interface ConnectionChannels {

    /** The maximum number of channels of a WebSocket. */
    int MAX_CHANNELS = 50;

    /** Adds a channel. The decision is false, and nothing changes, at {@link #MAX_CHANNELS} others. */
    CompletionStage<Decision<Boolean>> add(SocketUser user, ChannelName channel, Deadline deadline);

    /** Removes a channel. The decision is whether it was there. */
    CompletionStage<Decision<Boolean>> remove(SocketUser user, ChannelName channel, Deadline deadline);

    /** Returns all channels. */
    CompletionStage<Decision<List<ChannelName>>> all(SocketUser user, Deadline deadline);
}
