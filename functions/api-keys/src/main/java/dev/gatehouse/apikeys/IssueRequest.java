// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.apikeys;

import dev.gatehouse.validation.InvalidArgument;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * A request for a key. Its digest makes it repeatable.
 *
 * @param prefix the prefix of the key's text; empty to import a key whose text only its owner has
 * @param lifetimeSeconds the lifetime, 1 to {@link #MAX_SECONDS}; empty to live until the key is revoked
 */
public record IssueRequest(
        OwnerId owner, KeyDigest digest, Optional<String> prefix, KeyDetails details, OptionalLong lifetimeSeconds) {

    /** Ten years of 365 days. */
    public static final long MAX_SECONDS = 315_360_000;

    public static final String DEFAULT_PREFIX = "gk";

    /** The form of a prefix, as {@code gk} or {@code acme_live}. */
    public static final String PREFIX_PATTERN = "[a-z][a-z0-9_]{0,15}";

    public static final String PREFIX_RULE = "must be 1 to 16 characters of a-z 0-9 _, beginning with a letter";

    private static final Pattern PREFIX = Pattern.compile(PREFIX_PATTERN);

    /** @throws InvalidArgument if a component is out of its bounds */
    public IssueRequest {
        if (prefix.isPresent() && !PREFIX.matcher(prefix.get()).matches()) {
            throw new InvalidArgument("prefix", PREFIX_RULE);
        }
        lifetimeSeconds.ifPresent(IssueRequest::checkLifetime);
    }

    static void checkLifetime(long seconds) {
        InvalidArgument.requireRange("expiresInSeconds", seconds, 1, MAX_SECONDS);
    }

    /** Returns a request for a key with {@code secret}, which must be of {@code owner}. */
    public static IssueRequest of(
            OwnerId owner, KeySecret secret, String prefix, KeyDetails details, OptionalLong lifetimeSeconds) {
        return new IssueRequest(owner, secret.digest(), Optional.of(prefix), details, lifetimeSeconds);
    }

    /** Returns a request to import the key with {@code digest}, the SHA-256 of its text in UTF-8. */
    public static IssueRequest ofImport(
            OwnerId owner, KeyDigest digest, KeyDetails details, OptionalLong lifetimeSeconds) {
        return new IssueRequest(owner, digest, Optional.empty(), details, lifetimeSeconds);
    }

    /** Returns the id that the key will have. */
    public KeyId id() {
        return digest.id(owner.tag());
    }
}
