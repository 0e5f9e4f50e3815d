// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.telemetry;

import java.util.List;

/**
 * The routes of one function. Each function has a bean of this type, so that its requests are reported under its name.
 *
 * @param function the name in metrics
 * @param prefixes the prefixes of the templates of its routes, such as {@code /v1/cache/}
 */
public record FunctionRoutes(String function, List<String> prefixes) {

    public FunctionRoutes(String function, String... prefixes) {
        this(function, List.of(prefixes));
    }

    /** Returns whether the function has the route {@code template}. */
    public boolean contains(String template) {
        return prefixes.stream().anyMatch(template::startsWith);
    }
}
