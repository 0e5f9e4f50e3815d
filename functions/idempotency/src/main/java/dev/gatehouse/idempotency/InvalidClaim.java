package dev.gatehouse.idempotency;

/** Thrown for a value that is out of its bounds. */
public final class InvalidClaim extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    private final String field;

    InvalidClaim(String field, String message) {
        super(message);
        this.field = field;
    }

    static void requireRange(String field, long value, long max) {
        if (value < 1 || value > max) {
            throw new InvalidClaim(field, "must be 1 to " + max);
        }
    }

    /** Requires {@code min} (0 or 1) to {@code max} visible ASCII characters. */
    static void requireVisible(String field, String value, int min, int max) {
        boolean visible = value.chars().allMatch(character -> character >= '!' && character <= '~');
        if (!visible || value.length() < min || value.length() > max) {
            var length = min == 0 ? "at most " + max : "1 to " + max;
            throw new InvalidClaim(field, "must be " + length + " visible ASCII characters");
        }
    }

    /** Returns the name of the field in requests, such as {@code leaseMillis}. */
    public String field() {
        return field;
    }
}
