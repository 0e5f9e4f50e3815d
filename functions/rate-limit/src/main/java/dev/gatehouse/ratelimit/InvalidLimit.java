package dev.gatehouse.ratelimit;

/** A limit or check that cannot be: {@link #field} is out of its bounds. */
public final class InvalidLimit extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    private final String field;

    InvalidLimit(String field, String message) {
        super(message);
        this.field = field;
    }

    /** The field's name as callers know it: {@code limit}, {@code windowSeconds}, … */
    public String field() {
        return field;
    }
}
