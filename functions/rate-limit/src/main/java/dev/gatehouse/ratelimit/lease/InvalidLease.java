package dev.gatehouse.ratelimit.lease;

/** Thrown when a lease or a request for one is invalid: {@link #field} is out of bounds. */
public final class InvalidLease extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    private final String field;

    InvalidLease(String field, String message) {
        super(message);
        this.field = field;
    }

    /** Returns the name of the field in the API, such as {@code limit} or {@code leaseMillis}. */
    public String field() {
        return field;
    }
}
