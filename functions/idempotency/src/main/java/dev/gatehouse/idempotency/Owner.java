// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency;

import dev.gatehouse.codec.RandomToken;
import dev.gatehouse.validation.InvalidArgument;

/**
 * Identifies a claimant. The claimant generates it, so that it can repeat its claim. It is a secret: its holder can
 * complete, release and extend the claim.
 *
 * @param token 1 to {@value #MAX_LENGTH} visible ASCII characters
 */
public record Owner(String token) {

    public static final int MAX_LENGTH = 128;

    public Owner {
        InvalidArgument.requireVisible("owner", token, 1, MAX_LENGTH);
    }

    /** Returns a new owner of 128 random bits. */
    public static Owner random() {
        return new Owner(RandomToken.next());
    }

    /** Leaves out the token. */
    @Override
    public String toString() {
        return "Owner[…]";
    }
}
