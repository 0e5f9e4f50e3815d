// SPDX-License-Identifier: Apache-2.0
/**
 * Caches the results of methods by annotation. Depends on {@link dev.gatehouse.cache.method}; its beans exist where those of
 * that package do.
 */
@Configuration
@Requires(classes = JsonMapper.class, missingProperty = "gatehouse.service")
@NullMarked
package dev.gatehouse.cache.annotation;

import io.micronaut.context.annotation.Configuration;
import io.micronaut.context.annotation.Requires;
import io.micronaut.json.JsonMapper;
import org.jspecify.annotations.NullMarked;
