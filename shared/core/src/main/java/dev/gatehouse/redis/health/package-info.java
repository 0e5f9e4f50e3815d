// SPDX-License-Identifier: Apache-2.0
/**
 * Health checks of Redis for its operators, on the function's own connection. They report the working operations, their
 * latency, the server info and warnings. A check opens no circuit and ends no outage that a decision would not.
 * Depends on the link only.
 */
@NullMarked
package dev.gatehouse.redis.health;

import org.jspecify.annotations.NullMarked;
