// SPDX-License-Identifier: Apache-2.0
/**
 * The connection to Redis: {@link dev.gatehouse.redis.RedisLink} with deadlines, circuit breaker, scripts and replies.
 * Depends on no capability. Lettuce's types appear in commands only; its package {@code lettuce} alone configures them.
 */
@NullMarked
package dev.gatehouse.redis;

import org.jspecify.annotations.NullMarked;
