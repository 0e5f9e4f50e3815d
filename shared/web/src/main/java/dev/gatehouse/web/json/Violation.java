// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.web.json;

import io.micronaut.serde.annotation.Serdeable;

/**
 * A rule that a request's body breaks.
 *
 * @param field the path, such as {@code limits[0].windowSeconds}; {@code body} for the whole body
 * @param message the rule; never the value
 */
@Serdeable.Serializable
public record Violation(String field, String message) {}
