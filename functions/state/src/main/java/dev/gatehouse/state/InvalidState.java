package dev.gatehouse.state;

/** Thrown for a value that is out of its bounds. */
public final class InvalidState extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    private final String field;

    InvalidState(String field, String message) {
        super(message);
        this.field = field;
    }

    static void requireRange(String field, long value, long min, long max) {
        if (value < min || value > max) {
            throw new InvalidState(field, "must be " + min + " to " + max);
        }
    }

    /** Requires {@code min} to {@code max} visible ASCII characters. */
    static void requireVisible(String field, String value, int min, int max) {
        boolean visible = value.chars().allMatch(character -> character >= '!' && character <= '~');
        if (!visible || value.length() < min || value.length() > max) {
            throw new InvalidState(field, "must be " + min + " to " + max + " visible ASCII characters");
        }
    }

    /** Returns the name of the field in requests, such as {@code leaseMillis}. */
    public String field() {
        return field;
    }
}
