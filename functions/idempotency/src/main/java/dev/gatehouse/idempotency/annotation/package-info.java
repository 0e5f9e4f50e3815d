/**
 * Makes the endpoints of an application idempotent, by an annotation on each. Depends on the domain and on Micronaut's HTTP
 * types.
 */
@NullMarked
package dev.gatehouse.idempotency.annotation;

import org.jspecify.annotations.NullMarked;
