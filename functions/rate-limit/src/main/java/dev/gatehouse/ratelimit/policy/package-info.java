// SPDX-License-Identifier: Apache-2.0
/**
 * Named policies and their overrides for single subjects, stored on Redis and cached in memory. Depends on the core and on
 * limits.
 */
@NullMarked
package dev.gatehouse.ratelimit.policy;

import org.jspecify.annotations.NullMarked;
