// SPDX-License-Identifier: Apache-2.0
/** Checks a rate limit as Micronaut's documentation shows it. */
@NullMarked
package dev.gatehouse.bench.peer;

import org.jspecify.annotations.NullMarked;
