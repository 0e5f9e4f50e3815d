// SPDX-License-Identifier: Apache-2.0
/** Logs denials and counts the decisions of stored policies. Depends on the domain and on the core. */
@NullMarked
package dev.gatehouse.ratelimit.telemetry;

import org.jspecify.annotations.NullMarked;
