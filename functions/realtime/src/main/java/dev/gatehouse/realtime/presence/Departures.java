// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.presence;

import java.util.List;

/**
 * The users who are no longer present.
 *
 * @param left the users whose last connection left by this call
 * @param departed the users whose last connection ended before
 */
public record Departures(List<String> left, List<String> departed) {

    public static final Departures NONE = new Departures(List.of(), List.of());

    public Departures {
        left = List.copyOf(left);
        departed = List.copyOf(departed);
    }
}
