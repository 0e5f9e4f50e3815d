/**
 * The connection to Redis: {@link dev.gatehouse.redis.RedisLink} with deadlines, circuit breaker, scripts and replies.
 */
@NullMarked
package dev.gatehouse.redis;

import org.jspecify.annotations.NullMarked;
