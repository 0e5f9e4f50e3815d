package dev.gatehouse.ratelimit.lease;

/** A lease or a question for one that cannot be: {@link #field} is out of its bounds. */
public final class InvalidLease extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    private final String field;

    InvalidLease(String field, String message) {
        super(message);
        this.field = field;
    }

    /** The field's name as callers know it: {@code limit}, {@code leaseMillis}, … */
    public String field() {
        return field;
    }
}
