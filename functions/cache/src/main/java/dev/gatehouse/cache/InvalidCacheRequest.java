package dev.gatehouse.cache;

/** Thrown for a value that is out of its bounds. */
public final class InvalidCacheRequest extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    private final String field;

    InvalidCacheRequest(String field, String message) {
        super(message);
        this.field = field;
    }

    static void requireRange(String field, long value, long min, long max) {
        if (value < min || value > max) {
            throw new InvalidCacheRequest(field, "must be " + min + " to " + max);
        }
    }

    /** Requires {@code min} to {@code max} visible ASCII characters. */
    static void requireVisible(String field, String value, int min, int max) {
        if (!isVisible(value, min, max)) {
            throw new InvalidCacheRequest(field, "must be " + min + " to " + max + " visible ASCII characters");
        }
    }

    static boolean isVisible(String value, int min, int max) {
        return value.length() >= min
                && value.length() <= max
                && value.chars().allMatch(character -> character >= '!' && character <= '~');
    }

    /** Returns the name of the field in requests, such as {@code freshSeconds}. */
    public String field() {
        return field;
    }
}
