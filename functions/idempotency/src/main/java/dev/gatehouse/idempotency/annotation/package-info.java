/** What guards the endpoints of a program of one's own, by an annotation on each. */
@NullMarked
package dev.gatehouse.idempotency.annotation;

import org.jspecify.annotations.NullMarked;
