// SPDX-License-Identifier: Apache-2.0
/**
 * Runs the methods of a Micronaut program as loads of cached values. Its beans exist only in a program with a JSON mapper,
 * and not in the functions themselves.
 */
@Configuration
@Requires(classes = JsonMapper.class, missingProperty = "gatehouse.service")
@NullMarked
package dev.gatehouse.cache.method;

import io.micronaut.context.annotation.Configuration;
import io.micronaut.context.annotation.Requires;
import io.micronaut.json.JsonMapper;
import org.jspecify.annotations.NullMarked;
