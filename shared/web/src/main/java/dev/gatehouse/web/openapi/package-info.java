/**
 * What all functions describe alike of their routes in OpenAPI. For the description only: nothing here is loaded by a
 * function that runs.
 */
@NullMarked
package dev.gatehouse.web.openapi;

import org.jspecify.annotations.NullMarked;
