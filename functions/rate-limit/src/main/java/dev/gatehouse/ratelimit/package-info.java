// SPDX-License-Identifier: Apache-2.0
/**
 * The rate limiter: its interface, decisions, Redis and local implementations, and the fallback between them. Depends on
 * the core only.
 */
@NullMarked
package dev.gatehouse.ratelimit;

import org.jspecify.annotations.NullMarked;
