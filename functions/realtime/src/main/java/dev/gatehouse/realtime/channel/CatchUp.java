// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.channel;

import java.util.List;

/**
 * The outcome of catching up.
 *
 * @param recovered whether no event after the reader's position is missing; if not, the reader must load everything from its
 *     own source and continue from {@code at}
 * @param events the next events, in order
 * @param at the position after these events
 * @param more whether further events follow
 */
public record CatchUp(boolean recovered, List<ChannelEvent> events, Position at, boolean more) {

    public CatchUp {
        events = List.copyOf(events);
    }

    static CatchUp nothing(boolean recovered, Position at) {
        return new CatchUp(recovered, List.of(), at, false);
    }
}
