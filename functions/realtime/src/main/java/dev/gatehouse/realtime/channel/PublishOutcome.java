// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.channel;

import dev.gatehouse.realtime.presence.MemberConnection;
import java.util.List;

/** The outcome of a publication. */
public sealed interface PublishOutcome {

    /**
     * The event is in the log.
     *
     * @param repeated whether an event with this id was there already, so that nothing was published
     * @param recipients the live connections, if they were requested
     */
    record Published(Position at, boolean repeated, List<MemberConnection> recipients) implements PublishOutcome {

        public Published {
            recipients = List.copyOf(recipients);
        }
    }

    /** The channel has more live connections than can be returned. Nothing was published. */
    record TooManyRecipients(int connections) implements PublishOutcome {}
}
