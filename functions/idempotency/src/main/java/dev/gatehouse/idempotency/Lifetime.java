// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency;

import dev.gatehouse.validation.InvalidArgument;

/**
 * The lifetime of a key, from its claim, restarted by the completion.
 *
 * @param seconds 1 to {@link #MAX_SECONDS}
 */
public record Lifetime(long seconds) {

    /** A year of 365 days. */
    public static final long MAX_SECONDS = 31_536_000;

    public Lifetime {
        InvalidArgument.requireRange("ttlSeconds", seconds, 1, MAX_SECONDS);
    }

    long micros() {
        return seconds * 1_000_000;
    }
}
