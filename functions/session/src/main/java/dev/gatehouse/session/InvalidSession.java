// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

/** Thrown for a value that is out of its bounds. */
public final class InvalidSession extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    private final String field;

    InvalidSession(String field, String message) {
        super(message);
        this.field = field;
    }

    static void requireRange(String field, long value, long min, long max) {
        if (value < min || value > max) {
            throw new InvalidSession(field, "must be " + min + " to " + max);
        }
    }

    /** Returns the name of the field in requests, such as {@code idleSeconds}. */
    public String field() {
        return field;
    }
}
