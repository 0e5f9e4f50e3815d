/**
 * Where Redis is, how to authenticate and how long each step may take: read from environment variables, a URL, a secret in
 * AWS Secrets Manager or an IAM identity. Users need {@link dev.gatehouse.redis.config.RedisSettings} and
 * {@link dev.gatehouse.redis.config.InvalidSetting}.
 */
@NullMarked
package dev.gatehouse.redis.config;

import org.jspecify.annotations.NullMarked;
