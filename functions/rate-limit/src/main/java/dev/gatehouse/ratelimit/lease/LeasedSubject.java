package dev.gatehouse.ratelimit.lease;

import dev.gatehouse.redis.HashTag;
import java.util.regex.Pattern;

/**
 * The name and subject that leases are counted by.
 *
 * @param name the limited resource, such as {@code exports}; 1 to 64 characters of {@code A-Z a-z 0-9 . _ -}; part of
 *     the Redis key, so not personal data
 * @param subject the subject, such as a user id, an account or a document to lock; 1 to {@value #MAX_SUBJECT_LENGTH}
 *     characters of well-formed Unicode
 */
public record LeasedSubject(String name, String subject) {

    public static final int MAX_SUBJECT_LENGTH = 512;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    public LeasedSubject {
        if (!NAME.matcher(name).matches()) {
            throw new InvalidLease("name", "must be 1 to 64 characters of A-Z a-z 0-9 . _ -");
        }
        if (subject.isEmpty() || subject.codePointCount(0, subject.length()) > MAX_SUBJECT_LENGTH) {
            throw new InvalidLease("subject", "must be 1 to " + MAX_SUBJECT_LENGTH + " characters long");
        }
        if (!HashTag.isWellFormed(subject)) {
            throw new InvalidLease("subject", "must be well-formed Unicode");
        }
    }
}
