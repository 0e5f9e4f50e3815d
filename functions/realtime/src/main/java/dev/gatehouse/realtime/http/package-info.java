// SPDX-License-Identifier: Apache-2.0
/**
 * Serves the routes of the realtime function.
 *
 * <p>Its beans exist only where {@code gatehouse.service} is set, so that a program that imports the library gets no routes.
 */
@Configuration
@Requires(property = "gatehouse.service", value = "true")
@NullMarked
package dev.gatehouse.realtime.http;

import io.micronaut.context.annotation.Configuration;
import io.micronaut.context.annotation.Requires;
import org.jspecify.annotations.NullMarked;
