// SPDX-License-Identifier: Apache-2.0
/**
 * The arithmetic of limits, the same in memory as in Lua: an algorithm with its parameters, and the state of a subject.
 * Depends on the limits only.
 */
@NullMarked
package dev.gatehouse.ratelimit.algorithm;

import org.jspecify.annotations.NullMarked;
