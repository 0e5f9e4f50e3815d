// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer;

import dev.gatehouse.ratelimit.Limit;

/**
 * A limit and the units that a request takes of it.
 *
 * @param cost at least 1, bounded as in {@link dev.gatehouse.ratelimit.LimitedSubject}
 * @param isStored whether the limit is a stored policy
 */
public record ChargedLimit(Limit limit, long cost, boolean isStored) {

    /** Creates a charge of a limit that is no stored policy. */
    public ChargedLimit(Limit limit, long cost) {
        this(limit, cost, false);
    }
}
