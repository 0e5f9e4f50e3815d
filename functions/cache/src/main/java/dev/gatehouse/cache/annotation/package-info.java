/** Caches the results of methods by annotation. Its beans exist where those of {@link dev.gatehouse.cache.method} do. */
@Configuration
@Requires(classes = JsonMapper.class, missingProperty = "gatehouse.service")
@NullMarked
package dev.gatehouse.cache.annotation;

import io.micronaut.context.annotation.Configuration;
import io.micronaut.context.annotation.Requires;
import io.micronaut.json.JsonMapper;
import org.jspecify.annotations.NullMarked;
