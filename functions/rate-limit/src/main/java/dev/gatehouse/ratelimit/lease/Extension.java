package dev.gatehouse.ratelimit.lease;

import java.time.Instant;

/** The outcome of extending a lease. */
public sealed interface Extension {

    /**
     * It is live and its holder's.
     *
     * @param fence as it was granted with
     * @param endsAt when it is live no more, in microseconds
     */
    record Extended(long fence, Instant endsAt) implements Extension {}

    /** It has ended, was released or was never granted. What it protected may be another's by now. */
    record Lost() implements Extension {}
}
