package dev.gatehouse.session;

/** A session, or what is asked about one, that cannot be: {@link #field} is out of its bounds. */
public final class InvalidSession extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    private final String field;

    InvalidSession(String field, String message) {
        super(message);
        this.field = field;
    }

    /** The field's name as callers know it: {@code userId}, {@code idleSeconds}, … */
    public String field() {
        return field;
    }
}
