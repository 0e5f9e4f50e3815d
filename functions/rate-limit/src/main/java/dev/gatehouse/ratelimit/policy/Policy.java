package dev.gatehouse.ratelimit.policy;

import dev.gatehouse.ratelimit.Limit;

/** A policy in force, without its overrides. */
public record Policy(Limit limit, Source source) {

    /** The place of a policy. */
    public enum Source {
        /** Redis, or memory without Redis. */
        STORED,
        /** The settings of this process; no policy of the name is stored. */
        DECLARED
    }
}
