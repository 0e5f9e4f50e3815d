// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache.annotation;

import java.time.Duration;

/** Thrown in place of running a {@link Cached} method that has failed, before its hold ends. */
public final class LoadHeld extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final Duration retryAfter;

    LoadHeld(String scope, Duration retryAfter) {
        // The stack trace adds no information.
        super(
                "a load of the scope " + scope + " has failed, and nobody loads before its hold ends",
                null,
                false,
                false);
        this.retryAfter = retryAfter;
    }

    /** Returns the time until the hold ends. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
