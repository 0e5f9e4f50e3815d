// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state;

import dev.gatehouse.fallback.FallbackPolicy;

/**
 * The treatment of states while Redis does not reply, and of those in memory afterwards.
 *
 * @param reads the policy of reads. {@link FallbackPolicy#LOCAL}: a state that this process has read or
 *     saved within {@value #COPY_SECONDS} s is returned; {@link FallbackPolicy#CLOSED}: none is
 * @param writes the policy of writes, claims and deletions. {@link FallbackPolicy#LOCAL}: they apply to the memory of this
 *     process, unsafe with more than one process; {@link FallbackPolicy#CLOSED}: they are unavailable and can be repeated
 * @param recovery the treatment of states in memory when Redis is back
 */
public record StateFallback(FallbackPolicy reads, FallbackPolicy writes, Recovery recovery) {

    static final long COPY_SECONDS = 60;

    /** Reads return copies, and writes are refused. */
    public static final StateFallback DEFAULT =
            new StateFallback(FallbackPolicy.LOCAL, FallbackPolicy.CLOSED, Recovery.DROP);

    /** The treatment of states in memory when Redis is back. */
    public enum Recovery {
        /** They are dropped. */
        DROP,
        /** Each is saved for what is left of its life, unless Redis has one; then that of Redis stays. */
        OFFER
    }

    /** @throws IllegalArgumentException if a policy is {@link FallbackPolicy#OPEN} */
    public StateFallback {
        if (reads == FallbackPolicy.OPEN || writes == FallbackPolicy.OPEN) {
            throw new IllegalArgumentException("the policies of states must be local or closed");
        }
    }

    boolean readsCopies() {
        return reads == FallbackPolicy.LOCAL;
    }

    boolean writesToMemory() {
        return writes == FallbackPolicy.LOCAL;
    }
}
