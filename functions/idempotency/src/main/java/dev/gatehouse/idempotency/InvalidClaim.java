package dev.gatehouse.idempotency;

/** A claim, or what is asked about one, that cannot be: {@link #field} is out of its bounds. */
public final class InvalidClaim extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    private final String field;

    InvalidClaim(String field, String message) {
        super(message);
        this.field = field;
    }

    /** The field's name as callers know it: {@code key}, {@code leaseMillis}, … */
    public String field() {
        return field;
    }
}
