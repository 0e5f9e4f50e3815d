// SPDX-License-Identifier: Apache-2.0
/**
 * Serves the routes of the rate limit function.
 *
 * <p>The beans exist only if {@code gatehouse.service} is set. A program that imports the library therefore gets no
 * routes.
 */
@Configuration
@Requires(property = "gatehouse.service", value = "true")
@NullMarked
package dev.gatehouse.ratelimit.http;

import io.micronaut.context.annotation.Configuration;
import io.micronaut.context.annotation.Requires;
import org.jspecify.annotations.NullMarked;
