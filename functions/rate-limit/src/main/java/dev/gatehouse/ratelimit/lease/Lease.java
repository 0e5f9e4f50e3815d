// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.lease;

import dev.gatehouse.codec.RandomToken;
import dev.gatehouse.ratelimit.InvalidLimit;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.LimitedSubject;
import java.util.regex.Pattern;

/**
 * A lease of one holder. Leases with the same name and subject count together.
 *
 * @param name the limited resource, such as {@code exports}, with the bounds of {@link Limit#name}
 * @param subject the subject, such as a user id, an account or a document to lock, with the bounds of
 *     {@link LimitedSubject#subject}
 * @param id 22 base64url characters, which encode 128 bits. The caller generates it, so that it can repeat its request.
 *     It authorizes extending and releasing the lease, so it must be unguessable
 */
public record Lease(String name, String subject, String id) {

    /** The regular expression of a valid id. */
    public static final String ID_PATTERN = "^[A-Za-z0-9_-]{22}$";

    /** The rule of a valid id in words. */
    public static final String ID_RULE = "must be 22 characters of A-Z a-z 0-9 _ -";

    private static final Pattern ID = Pattern.compile(ID_PATTERN);

    public Lease {
        Limit.requireName(name);
        LimitedSubject.requireSubject(subject);
        if (!ID.matcher(id).matches()) {
            throw new InvalidLimit("leaseId", ID_RULE);
        }
    }

    /** Returns the name and subject. */
    public LeasedResource resource() {
        return new LeasedResource(name, subject);
    }

    /** Returns a new id of 128 random bits. */
    public static String newId() {
        return RandomToken.next();
    }
}
