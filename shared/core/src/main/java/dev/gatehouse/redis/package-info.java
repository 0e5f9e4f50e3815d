/**
 * The one connection to Redis: settings from the environment, {@link dev.gatehouse.redis.RedisLink}, its circuit and its
 * scripts. The only package that knows Lettuce.
 */
@NullMarked
package dev.gatehouse.redis;

import org.jspecify.annotations.NullMarked;
