/** Runs the scheduled check on Lambda. */
@NullMarked
package dev.gatehouse.health.lambda;

import org.jspecify.annotations.NullMarked;
