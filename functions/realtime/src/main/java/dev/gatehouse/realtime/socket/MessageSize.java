// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.socket;

import dev.gatehouse.realtime.channel.CatchUp;
import dev.gatehouse.realtime.json.RealtimeJson;
import dev.gatehouse.realtime.presence.MemberPage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.ToIntFunction;

/** Shortens lists of events and members to what one message of a transport can hold. */
final class MessageSize {

    /** The least maximum: one event of any size, and the rest of the message. */
    static final int LEAST = 64 * 1024;

    /** Exceeds the rest of any message: the names of the channel and the user, and the reference. */
    private static final int REST = 4 * 1024;

    private MessageSize() {}

    /** Returns the first events that fit into a message; at least one, if there is one. The others are more. */
    static CatchUp fit(CatchUp all, int maxBytes) {
        var fitting = fit(all.events(), event -> bytes(RealtimeJson.json(event)), maxBytes);
        return fitting.size() == all.events().size()
                ? all
                : new CatchUp(all.recovered(), fitting, fitting.getLast().at(), true);
    }

    /** Returns the first members that fit into a message. The count is still that of all. */
    static MemberPage fit(MemberPage page, int maxBytes) {
        var fitting = fit(page.members(), member -> bytes(RealtimeJson.json(member)), maxBytes);
        return fitting.size() == page.members().size()
                ? page
                : new MemberPage(fitting, page.count(), page.departed(), page.next());
    }

    private static <T> List<T> fit(List<T> all, ToIntFunction<T> bytes, int maxBytes) {
        int room = maxBytes - REST;
        for (int i = 0; i < all.size(); i++) {
            // And a comma.
            room -= bytes.applyAsInt(all.get(i)) + 1;
            if (room < 0 && i > 0) {
                return all.subList(0, i);
            }
        }
        return all;
    }

    private static int bytes(String json) {
        return json.getBytes(StandardCharsets.UTF_8).length;
    }
}
