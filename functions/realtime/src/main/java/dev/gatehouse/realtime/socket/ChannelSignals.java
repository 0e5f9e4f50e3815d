// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.socket;

import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.realtime.channel.ChannelLog;
import dev.gatehouse.realtime.channel.Publication;
import dev.gatehouse.realtime.channel.Publication.Keep;
import dev.gatehouse.realtime.presence.PresenceListener;
import dev.gatehouse.redis.Deadline;
import java.util.List;
import java.util.Optional;

/**
 * Sends signals to the WebSockets of a channel, on all servers: messages that are kept only until each server has read them.
 *
 * @param log logs of the channels, apart from those of their events
 */
public record ChannelSignals(ChannelLog log) implements PresenceListener {

    private static final Keep KEEP = new Keep(500, 60);

    static Publication publication(String message) {
        return Publication.of("signal", message).keeping(KEEP);
    }

    @Override
    public void joined(String tenant, ChannelName channel, String userId, Optional<String> info, Deadline deadline) {
        send(tenant, channel, ServerMessage.joined(channel, userId, info.orElse(null)), deadline);
    }

    @Override
    public void gone(String tenant, ChannelName channel, List<String> userIds, Deadline deadline) {
        userIds.forEach(userId -> send(tenant, channel, ServerMessage.left(channel, userId), deadline));
    }

    @Override
    public void typing(String tenant, ChannelName channel, String userId, boolean typing, Deadline deadline) {
        send(tenant, channel, ServerMessage.typing(channel, userId, typing), deadline);
    }

    private void send(String tenant, ChannelName channel, String message, Deadline deadline) {
        var _ = log.publish(tenant, channel, publication(message), deadline);
    }
}
