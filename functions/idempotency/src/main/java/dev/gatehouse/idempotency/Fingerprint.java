// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency;

import dev.gatehouse.validation.InvalidArgument;

/**
 * Detects a key that is reused for other work; usually a digest of the request. {@link #NONE} equals every fingerprint.
 *
 * @param value up to {@value #MAX_LENGTH} visible ASCII characters
 */
public record Fingerprint(String value) {

    public static final int MAX_LENGTH = 255;

    public static final Fingerprint NONE = new Fingerprint("");

    public Fingerprint {
        InvalidArgument.requireVisible("fingerprint", value, 0, MAX_LENGTH);
    }

    /** Returns whether both are given and differ. */
    boolean contradicts(Fingerprint other) {
        return !value.isEmpty() && !other.value.isEmpty() && !value.equals(other.value);
    }
}
