// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.aws;

/** Thrown when a request to AWS fails. The message gives the reason briefly, for the operator, and contains no secret. */
public final class AwsFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final boolean passing;

    AwsFailure(String message, boolean passing) {
        super(message, null, false, false);
        this.passing = passing;
    }

    /** Returns whether a retry may succeed; false if access is denied, for example. */
    public boolean isPassing() {
        return passing;
    }
}
