// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.lease;

import java.time.Instant;

/** The outcome of extending a lease. */
public sealed interface Extension {

    /**
     * The lease is live and belongs to the caller.
     *
     * @param fence the fencing token that it was granted with
     * @param endsAt the end of the lease, in whole microseconds
     */
    record Extended(long fence, Instant endsAt) implements Extension {}

    /** The lease has ended, was released or was never granted. Another holder may own the protected resource by now. */
    record Lost() implements Extension {}
}
