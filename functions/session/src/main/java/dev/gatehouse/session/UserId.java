package dev.gatehouse.session;

import dev.gatehouse.redis.HashTag;

/**
 * Whom sessions belong to, as the caller names its users.
 *
 * @param value 1 to {@value #MAX_LENGTH} characters
 */
public record UserId(String value) {

    public static final int MAX_LENGTH = 256;

    public UserId {
        if (value.isEmpty() || value.length() > MAX_LENGTH || !HashTag.isWellFormed(value)) {
            throw new InvalidSession("userId", "must be 1 to " + MAX_LENGTH + " characters of well-formed Unicode");
        }
    }

    /** The part of the Redis key that a user's sessions and limits share. */
    String tag() {
        return HashTag.of(value);
    }

    /** Not the id, for it is the caller's own and this may end in a log. */
    @Override
    public String toString() {
        return "UserId[…]";
    }
}
