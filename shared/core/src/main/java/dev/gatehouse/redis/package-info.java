/**
 * The connection to Redis: {@link dev.gatehouse.redis.RedisLink} with deadlines, circuit breaker, scripts and replies.
 * Depends on no capability; only its package {@code lettuce} depends on Lettuce and Netty.
 */
@NullMarked
package dev.gatehouse.redis;

import org.jspecify.annotations.NullMarked;
