// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state;

import dev.gatehouse.codec.RandomToken;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.validation.InvalidArgument;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * A request to become the writer of a state.
 *
 * @param owner identifies the claimant, which generates it, so that it can repeat its claim; a secret of 1 to
 *     {@value #MAX_LENGTH} visible ASCII characters
 * @param heldBy a description for other claimants, such as the id of the request; up to {@value #MAX_LENGTH} visible ASCII
 *     characters, no secret
 * @param leaseMillis the time for which others are refused, 1 to {@link #MAX_LEASE_MILLIS}
 * @param takeOver whether to supersede a writer whose lease is live
 * @param knownVersion a version whose value the claimant has, so that it is not returned again
 */
public record StateClaim(
        StateKey key, String owner, String heldBy, long leaseMillis, boolean takeOver, OptionalLong knownVersion) {

    public static final int MAX_LENGTH = 128;

    /** A day. */
    public static final long MAX_LEASE_MILLIS = 86_400_000;

    public static final long DEFAULT_LEASE_MILLIS = 30_000;

    public StateClaim {
        InvalidArgument.requireVisible("owner", owner, 1, MAX_LENGTH);
        InvalidArgument.requireVisible("heldBy", heldBy, 0, MAX_LENGTH);
        requireLease(leaseMillis);
        requireVersion(knownVersion);
    }

    /** Returns a claim by a random owner, for {@value #DEFAULT_LEASE_MILLIS} ms. */
    public static StateClaim of(StateKey key) {
        return new StateClaim(key, RandomToken.next(), "", DEFAULT_LEASE_MILLIS, false, OptionalLong.empty());
    }

    static void requireLease(long leaseMillis) {
        InvalidArgument.requireRange("leaseMillis", leaseMillis, 1, MAX_LEASE_MILLIS);
    }

    static void requireVersion(OptionalLong knownVersion) {
        knownVersion.ifPresent(
                version -> InvalidArgument.requireRange("knownVersion", version, 1, Expectation.Version.MAX));
    }

    /** Returns this claim with a lease that ends by {@code end}, and without a known version. */
    StateClaim within(Deadline end) {
        long left = TimeUnit.NANOSECONDS.toMillis(end.remainingNanos());
        return new StateClaim(
                key, owner, heldBy, Math.max(1, Math.min(leaseMillis, left)), takeOver, OptionalLong.empty());
    }

    /** Leaves out the owner. */
    @Override
    public String toString() {
        return "StateClaim[…]";
    }
}
