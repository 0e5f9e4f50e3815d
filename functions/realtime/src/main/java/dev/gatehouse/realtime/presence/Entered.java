// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.presence;

import java.time.Instant;
import java.util.List;

/**
 * The outcome of an entry or a heartbeat.
 *
 * @param joined whether the user had no live connection before
 * @param connections the number of live connections of the user
 * @param expiresAt the end of this connection without another heartbeat
 * @param departed the users whose last connection ended, see {@link PresenceStore}; the user too, if it did and the user
 *     joined again
 */
public record Entered(boolean joined, int connections, Instant expiresAt, List<String> departed) {

    public Entered {
        departed = List.copyOf(departed);
    }
}
