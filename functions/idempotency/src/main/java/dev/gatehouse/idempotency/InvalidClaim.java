package dev.gatehouse.idempotency;

/** Thrown for a value that is out of its bounds. */
public final class InvalidClaim extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    private final String field;

    InvalidClaim(String field, String message) {
        super(message);
        this.field = field;
    }

    /** Returns the name of the field in requests, such as {@code leaseMillis}. */
    public String field() {
        return field;
    }
}
