// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.web;

import io.micronaut.http.HttpRequest;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The authenticated caller of a request.
 *
 * @param name the name of its API key; null if it has none
 * @param rights the rights of its API key; null if it may call every route
 */
public record Caller(
        Tenant tenant, @Nullable String name, @Nullable Set<String> rights) {

    /**
     * Every right of an API key. All functions share one list of keys, but each has the routes of its own capability only, so
     * it cannot derive the others' rights.
     */
    public static final Set<String> RIGHTS = Set.of(
            "admin",
            "api-keys",
            "cache",
            "channels",
            "check",
            "claims",
            "jobs",
            "presence",
            "read",
            "sessions",
            "states",
            "verify");

    private static final String ATTRIBUTE = Caller.class.getName();

    /** Returns a caller without a name, who may call every route. */
    static Caller unrestricted(Tenant tenant) {
        return new Caller(tenant, null, null);
    }

    /** Returns the caller of {@code request}; null if it is not authenticated. */
    public static @Nullable Caller of(HttpRequest<?> request) {
        return request.getAttribute(ATTRIBUTE).orElse(null) instanceof Caller caller ? caller : null;
    }

    /** Sets the caller of {@code request}. */
    void attachTo(HttpRequest<?> request) {
        request.setAttribute(ATTRIBUTE, this);
    }

    /** Returns whether the caller may call a route that is allowed to {@code any} of these rights. */
    public boolean hasAny(List<String> any) {
        return rights == null || any.stream().anyMatch(rights::contains);
    }

    /** Returns the text for logs: {@code tenant/name}, or the tenant if the key has no name. */
    @Override
    public String toString() {
        return name == null ? tenant.name() : tenant.name() + "/" + name;
    }
}
