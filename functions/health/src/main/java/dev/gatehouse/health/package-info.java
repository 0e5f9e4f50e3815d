// SPDX-License-Identifier: Apache-2.0
/** Checks Redis on request and by schedule, and reports the results to logs and metrics. Depends on the core only. */
@NullMarked
package dev.gatehouse.health;

import org.jspecify.annotations.NullMarked;
