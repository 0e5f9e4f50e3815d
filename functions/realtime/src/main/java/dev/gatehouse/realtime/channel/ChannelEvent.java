// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.channel;

import java.time.Instant;
import java.util.Optional;

/**
 * An event in the log of a channel.
 *
 * @param at its position
 * @param id the id with which it was published
 * @param event its type
 * @param data its JSON text, as it was published
 * @param from the user who published it over a WebSocket; empty if a backend did
 */
public record ChannelEvent(
        Position at, String id, String event, String data, Instant publishedAt, Optional<String> from) {

    /** Leaves out the data, which belongs to the caller. */
    @Override
    public String toString() {
        return "ChannelEvent[" + at.offset() + "]";
    }
}
