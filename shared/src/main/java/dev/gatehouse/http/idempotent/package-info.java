/** Makes any endpoint idempotent: an annotation for Micronaut's controllers. */
@NullMarked
package dev.gatehouse.http.idempotent;

import org.jspecify.annotations.NullMarked;
