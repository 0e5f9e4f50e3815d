package dev.gatehouse.redis.config;

import org.jspecify.annotations.Nullable;

/**
 * A setting that is malformed or contradicts another. The message is one line, names the setting, and shows no secret. It
 * is for an operator, to whom a stack trace says nothing; so there is none.
 */
public final class InvalidSetting extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    public InvalidSetting(String name, String problem) {
        super(name + " " + problem);
    }

    /** The invalid setting that made {@code failure} happen; null if it was something else. */
    public static @Nullable InvalidSetting behind(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof InvalidSetting invalid) {
                return invalid;
            }
        }
        return null;
    }

    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
