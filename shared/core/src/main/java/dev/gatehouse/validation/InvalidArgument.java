// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.validation;

/** Thrown for a value that is out of its bounds. */
public final class InvalidArgument extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    private final String field;

    /**
     * Creates the exception.
     *
     * @param field the name of the field in requests, such as {@code leaseMillis}
     * @param message the rule that the value violates, without the value: {@code must be 1 to 8}
     */
    public InvalidArgument(String field, String message) {
        super(message);
        this.field = field;
    }

    /**
     * Requires {@code min} to {@code max}.
     *
     * @throws InvalidArgument otherwise
     */
    public static void requireRange(String field, long value, long min, long max) {
        if (value < min || value > max) {
            throw new InvalidArgument(field, "must be " + min + " to " + max);
        }
    }

    /**
     * Requires {@code min} to {@code max} visible ASCII characters.
     *
     * @throws InvalidArgument otherwise
     */
    public static void requireVisible(String field, String value, int min, int max) {
        if (!isVisible(value, min, max)) {
            var length = min == 0 ? "at most " + max : min + " to " + max;
            throw new InvalidArgument(field, "must be " + length + " visible ASCII characters");
        }
    }

    /** Returns whether {@code value} has {@code min} to {@code max} characters, all of them visible ASCII. */
    public static boolean isVisible(CharSequence value, int min, int max) {
        return value.length() >= min
                && value.length() <= max
                && value.chars().allMatch(character -> character >= '!' && character <= '~');
    }

    /** Returns the name of the field in requests. */
    public String field() {
        return field;
    }
}
