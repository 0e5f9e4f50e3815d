// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer;

import java.util.Set;

/**
 * The requests that a route rule applies to.
 *
 * @param method {@value #ANY} for every method
 * @param path {@value #ANY} for every path; {@code /orders/*} for {@code /orders} and everything below; otherwise one path
 */
record RoutePattern(String method, String path) {

    static final String ANY = "*";

    /** The methods that API Gateway serves. A rule for another protects nothing. */
    private static final Set<String> METHODS = Set.of("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT");

    private static final String BELOW = "/*";

    static boolean isMethod(String text) {
        return text.equals(ANY) || METHODS.contains(text);
    }

    static boolean isPath(String text) {
        var base = text.endsWith(BELOW) ? text.substring(0, text.length() - BELOW.length()) : text;
        return text.equals(ANY)
                || text.equals(BELOW)
                || text.equals(RoutePath.CONNECT)
                || (!base.contains("*") && base.equals(RoutePath.ofDecoded(base)));
    }

    boolean hasMethod(String other) {
        return method.equals(ANY) || method.equals(other);
    }

    boolean hasAnyPath() {
        return path.equals(ANY);
    }

    boolean hasPath(String other) {
        if (!path.endsWith(BELOW)) {
            return hasAnyPath() || path.equals(other);
        }
        var base = path.substring(0, path.length() - BELOW.length());
        return other.equals(base) || other.startsWith(base + "/");
    }

    @Override
    public String toString() {
        return method + " " + path;
    }

    /** Returns whether this applies to every request that {@code other} applies to. */
    boolean covers(RoutePattern other) {
        if (!hasMethod(other.method)) {
            return false;
        }
        if (other.hasAnyPath() || hasAnyPath()) {
            return hasAnyPath();
        }
        return other.path.endsWith(BELOW)
                ? path.endsWith(BELOW) && hasPath(other.path.substring(0, other.path.length() - 1))
                : hasPath(other.path);
    }
}
