/** Handlers on Micronaut's AWS modules, invocation deadlines, priming for SnapStart, metrics and logs. */
@NullMarked
package dev.gatehouse.lambda;

import org.jspecify.annotations.NullMarked;
