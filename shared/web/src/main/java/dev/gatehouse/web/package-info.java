// SPDX-License-Identifier: Apache-2.0
/**
 * The common parts of HTTP functions: problem details, authentication, request ids, JSON bodies.
 *
 * <p>Its beans exist only where {@code gatehouse.service} is set, so that a program that imports the library is not
 * affected.
 */
@Configuration
@Requires(property = "gatehouse.service", value = "true")
@NullMarked
package dev.gatehouse.web;

import io.micronaut.context.annotation.Configuration;
import io.micronaut.context.annotation.Requires;
import org.jspecify.annotations.NullMarked;
