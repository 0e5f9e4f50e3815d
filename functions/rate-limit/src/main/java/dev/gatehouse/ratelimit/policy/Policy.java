// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.policy;

import dev.gatehouse.ratelimit.Limit;

/** A policy in force, without its overrides. */
public record Policy(Limit limit, Source source) {

    /** Returns the limit in words, such as {@code algorithm=gcra limit=100 windowSeconds=60 burst=100}. */
    public String text() {
        return LimitText.of(limit).text();
    }

    /** The place of a policy. */
    public enum Source {
        /** Redis, or memory without Redis. */
        STORED,
        /** The settings of this process; no policy of the name is stored. */
        DECLARED
    }
}
