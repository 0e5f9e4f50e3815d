// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.apikeys;

import dev.gatehouse.validation.InvalidArgument;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * Changes to a key. What is null stays as it is.
 *
 * @param name the new name; empty to remove it
 * @param attributes the text of a JSON object, which replaces the old one as a whole
 * @param lifetimeSeconds the new lifetime from now, as in {@link IssueRequest}; 0 to live until it is revoked
 */
public record KeyPatch(
        @Nullable String name,
        @Nullable SortedSet<String> scopes,
        @Nullable String attributes,
        @Nullable Long lifetimeSeconds) {

    /** @throws InvalidArgument if a component is out of its bounds */
    public KeyPatch {
        if (name != null && !name.isEmpty()) {
            KeyDetails.checkName(name);
        }
        scopes = scopes == null ? null : KeyDetails.checkedScopes(scopes);
        if (attributes != null) {
            KeyDetails.checkAttributes(attributes);
        }
        if (lifetimeSeconds != null && lifetimeSeconds != 0) {
            IssueRequest.checkLifetime(lifetimeSeconds);
        }
    }

    KeyDetails applied(KeyDetails details) {
        return new KeyDetails(
                name == null ? details.name() : name.isEmpty() ? null : name,
                scopes == null ? details.scopes() : scopes,
                attributes == null ? details.attributes() : attributes);
    }

    /** Leaves out personal data. */
    @Override
    public String toString() {
        return "KeyPatch[…]";
    }
}
