// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.web;

import io.micronaut.http.HttpRequest;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The tenant of a caller, which separates everything that is stored. A controller with such an argument serves
 * authenticated callers only.
 *
 * @param name 1 to 32 characters of {@code a-z 0-9 -}, not beginning with {@code -}
 */
public record Tenant(String name) {

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,31}");

    public Tenant {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("a tenant's name is 1 to 32 characters of a-z 0-9 -");
        }
    }

    /** Returns the tenant of {@code request}; null if it is not authenticated. */
    public static @Nullable Tenant of(HttpRequest<?> request) {
        var caller = Caller.of(request);
        return caller == null ? null : caller.tenant();
    }

    /** Returns the tenant {@code name}; null if the name is invalid. */
    static @Nullable Tenant named(String name) {
        return NAME.matcher(name).matches() ? new Tenant(name) : null;
    }
}
