// SPDX-License-Identifier: Apache-2.0
/** Checks a rate limit on Lambda without a framework. */
@NullMarked
package dev.gatehouse.bench.peer;

import org.jspecify.annotations.NullMarked;
