// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.lambda;

import dev.gatehouse.ratelimit.RateLimiter;
import dev.gatehouse.realtime.channel.ChannelLog;
import dev.gatehouse.realtime.channel.ChannelRecipients;
import dev.gatehouse.realtime.presence.PresenceStore;
import dev.gatehouse.realtime.socket.ConnectionChannels;

/** The stores behind the WebSockets, all on Redis or all in memory. */
record WebSocketStores(
        PresenceStore presence,
        ChannelLog events,
        ChannelRecipients recipients,
        ConnectionChannels channels,
        RateLimiter limiter) {}
