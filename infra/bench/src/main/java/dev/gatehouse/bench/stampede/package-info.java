// SPDX-License-Identifier: Apache-2.0
/** Counts the loads of one missing key by many processes. */
@NullMarked
package dev.gatehouse.bench.stampede;

import org.jspecify.annotations.NullMarked;
