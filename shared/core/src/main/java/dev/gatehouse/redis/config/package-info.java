// SPDX-License-Identifier: Apache-2.0
/**
 * The configuration of the connection to Redis: address, credentials and timeouts. It comes from environment variables, a
 * URL, a secret in AWS Secrets Manager or an IAM identity. Users need {@link dev.gatehouse.redis.config.RedisSettings} and
 * {@link dev.gatehouse.redis.config.InvalidSetting}. Depends on {@code redis.aws} only.
 */
@NullMarked
package dev.gatehouse.redis.config;

import org.jspecify.annotations.NullMarked;
