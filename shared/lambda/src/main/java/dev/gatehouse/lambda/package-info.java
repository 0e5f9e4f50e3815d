// SPDX-License-Identifier: Apache-2.0
/**
 * Handlers on Micronaut's AWS modules, invocation deadlines, priming for SnapStart, metrics and logs. The only shared
 * package that depends on Lambda's types; it depends on no capability.
 */
@NullMarked
package dev.gatehouse.lambda;

import org.jspecify.annotations.NullMarked;
