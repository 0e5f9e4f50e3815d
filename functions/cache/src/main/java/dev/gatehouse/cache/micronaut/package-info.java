// SPDX-License-Identifier: Apache-2.0
/**
 * Runs Micronaut's {@code @Cacheable}, {@code @CachePut} and {@code @CacheInvalidate} on Gatehouse. Its beans exist only in
 * a program with {@code micronaut-cache-core} in which those of {@link dev.gatehouse.cache.method} exist.
 */
@Configuration
@Requires(
        classes = {CacheInterceptor.class, JsonMapper.class},
        missingProperty = "gatehouse.service")
@NullMarked
package dev.gatehouse.cache.micronaut;

import io.micronaut.cache.interceptor.CacheInterceptor;
import io.micronaut.context.annotation.Configuration;
import io.micronaut.context.annotation.Requires;
import io.micronaut.json.JsonMapper;
import org.jspecify.annotations.NullMarked;
