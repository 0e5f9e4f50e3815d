/**
 * What every HTTP function needs: problem details, caller authentication, request ids, the reading of bodies.
 *
 * <p>Its beans belong to Gatehouse's own functions, which set {@code gatehouse.service}: a program that imports the library
 * keeps its own ways.
 */
@Configuration
@Requires(property = "gatehouse.service", value = "true")
@NullMarked
package dev.gatehouse.web;

import io.micronaut.context.annotation.Configuration;
import io.micronaut.context.annotation.Requires;
import org.jspecify.annotations.NullMarked;
