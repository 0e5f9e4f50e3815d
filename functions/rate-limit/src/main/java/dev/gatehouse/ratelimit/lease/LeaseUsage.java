// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.lease;

import java.time.Instant;
import java.util.List;

/**
 * The live leases of a name and subject.
 *
 * @param inUse the number of live leases
 * @param ends the ends of those that end first, in order and in whole microseconds; at most {@link #MAX_ENDS}
 */
public record LeaseUsage(long inUse, List<Instant> ends) {

    /** The maximum number of ends. */
    public static final int MAX_ENDS = 100;

    public LeaseUsage {
        ends = List.copyOf(ends);
    }
}
