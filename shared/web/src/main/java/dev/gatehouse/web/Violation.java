package dev.gatehouse.web;

import io.micronaut.serde.annotation.Serdeable;

/**
 * One thing that is wrong with a request's body.
 *
 * @param field where: {@code limits[0].windowSeconds}; {@code body} for the whole
 * @param message what, in words that name the rule and never repeat the value
 */
@Serdeable.Serializable
public record Violation(String field, String message) {}
