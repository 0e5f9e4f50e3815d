// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.apikeys;

import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A live key, without its secret.
 *
 * @param prefix the prefix of its text; empty if it was imported
 * @param expiresAt the end of the key; null if it lives until it is revoked
 */
public record IssuedKey(
        KeyId id,
        OwnerId owner,
        Optional<String> prefix,
        KeyDetails details,
        Instant createdAt,
        @Nullable Instant expiresAt) {

    static final Comparator<IssuedKey> NEWEST_FIRST = Comparator.comparing(IssuedKey::createdAt)
            .thenComparing(key -> key.id().part())
            .reversed();

    /** Returns those of {@code required} that the key has not. */
    SortedSet<String> missing(Iterable<String> required) {
        var missing = new TreeSet<String>();
        for (var scope : required) {
            if (!details.scopes().contains(scope)) {
                missing.add(scope);
            }
        }
        return missing;
    }

    /** Returns the outcome of verifying this key for {@code required} scopes. */
    Verification verification(Iterable<String> required) {
        var missing = missing(required);
        return missing.isEmpty() ? new Verification.Valid(this) : new Verification.ScopeMissing(this, missing);
    }
}
