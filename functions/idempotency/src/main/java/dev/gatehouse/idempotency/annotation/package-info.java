/** Makes the endpoints of an application idempotent, by an annotation on each. */
@NullMarked
package dev.gatehouse.idempotency.annotation;

import org.jspecify.annotations.NullMarked;
