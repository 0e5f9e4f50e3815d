// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.command;

import dev.gatehouse.redis.Reply.FailureReason;

/** Thrown if a command has no reply. The message gives the reason in one line and contains no key, value or secret. */
public final class RedisUnavailable extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final FailureReason reason;
    private final boolean executionPossible;

    RedisUnavailable(FailureReason reason, String detail, boolean executionPossible) {
        super("Redis is unavailable: " + detail, null, false, false);
        this.reason = reason;
        this.executionPossible = executionPossible;
    }

    /** Returns the reason why there is no reply. */
    public FailureReason reason() {
        return reason;
    }

    /**
     * Returns whether Redis may have executed the command: it was sent, and its reply is missing. If false, it never left
     * this process.
     */
    public boolean isExecutionPossible() {
        return executionPossible;
    }
}
