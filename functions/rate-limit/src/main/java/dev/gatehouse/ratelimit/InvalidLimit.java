// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

/** Thrown when a limit, a check or a lease is invalid: {@link #field} is out of bounds. */
public final class InvalidLimit extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    private final String field;

    public InvalidLimit(String field, String message) {
        super(message);
        this.field = field;
    }

    /** Returns the name of the field in the API, such as {@code limit} or {@code windowSeconds}. */
    public String field() {
        return field;
    }
}
