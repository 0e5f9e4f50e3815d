// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state;

import java.time.Instant;
import java.util.Optional;

/**
 * The description of a state. Instants have microsecond precision.
 *
 * @param version the version of the content; each write has a greater one
 * @param savedAt the time of the last write
 * @param expiresAt the end of the state, unless a write sets another
 * @param writer the writer whose lease is live
 */
public record StateInfo(long version, Instant createdAt, Instant savedAt, Instant expiresAt, Optional<Writer> writer) {

    /**
     * A writer with a live lease.
     *
     * @param heldBy the description in its claim
     * @param leaseEnds the end of the lease; then others can claim and write, unless it is extended before
     */
    public record Writer(String heldBy, Instant leaseEnds) {}
}
