// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.config;

import dev.gatehouse.redis.config.RedisSettings.Credentials;
import dev.gatehouse.redis.config.RedisSettings.Tls;
import org.jspecify.annotations.Nullable;

/**
 * The settings of Sentinels that report the address of Redis.
 *
 * @param master the name under which the Sentinels monitor Redis
 * @param credentials those for the Sentinels themselves; null to send none
 * @param tls null for plain TCP to the Sentinels
 */
public record SentinelSettings(
        String master,
        @Nullable Credentials credentials,
        @Nullable Tls tls) {}
