// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.annotation;

import dev.gatehouse.ratelimit.Check;
import dev.gatehouse.ratelimit.RateLimitResult;

/** Thrown in place of running a {@link RateLimited} method whose limit had no room. */
public final class LimitExceeded extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient Check check;
    private final transient RateLimitResult result;

    LimitExceeded(Check check, RateLimitResult result) {
        // The stack trace adds no information.
        super("no room in " + check.limits().getFirst().limit().name(), null, false, false);
        this.check = check;
        this.result = result;
    }

    public Check check() {
        return check;
    }

    public RateLimitResult result() {
        return result;
    }
}
