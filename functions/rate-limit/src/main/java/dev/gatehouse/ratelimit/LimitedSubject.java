// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

import dev.gatehouse.redis.HashTag;

/**
 * A limit, the subject that it counts and the units to charge.
 *
 * @param subject the subject, such as a user id, an API key or an address; 1 to {@value #MAX_SUBJECT_LENGTH} characters
 *     of well-formed Unicode
 * @param cost units to charge, 0 to {@link Limit#MAX_UNITS}; 0 only reads
 */
public record LimitedSubject(Limit limit, String subject, long cost) {

    public static final int MAX_SUBJECT_LENGTH = 512;

    public LimitedSubject {
        requireSubject(subject);
        requireUnits("cost", cost);
    }

    /** Returns whether {@code text} is a valid subject. */
    public static boolean isSubject(String text) {
        return !text.isEmpty()
                && text.codePointCount(0, text.length()) <= MAX_SUBJECT_LENGTH
                && HashTag.isWellFormed(text);
    }

    /**
     * Returns {@code subject}.
     *
     * @throws InvalidLimit if it is no valid subject
     */
    public static String requireSubject(String subject) {
        if (subject.isEmpty() || subject.codePointCount(0, subject.length()) > MAX_SUBJECT_LENGTH) {
            throw new InvalidLimit("subject", "must be 1 to " + MAX_SUBJECT_LENGTH + " characters long");
        }
        if (!HashTag.isWellFormed(subject)) {
            throw new InvalidLimit("subject", "must be well-formed Unicode");
        }
        return subject;
    }

    static void requireUnits(String field, long units) {
        if (units < 0 || units > Limit.MAX_UNITS) {
            throw new InvalidLimit(field, "must be 0 to " + Limit.MAX_UNITS);
        }
    }

    record Identity(String name, String subject) {}

    /** Returns the identity that its state is stored under. Checks with the same identity share the state. */
    Identity identity() {
        return new Identity(limit.name(), subject);
    }
}
