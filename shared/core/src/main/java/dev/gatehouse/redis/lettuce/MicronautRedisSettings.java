// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.lettuce;

import dev.gatehouse.redis.config.InvalidSetting;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.redis.config.RedisSettings.ClockSource;
import dev.gatehouse.redis.config.RedisSettings.Credentials;
import dev.gatehouse.redis.config.RedisSettings.Node;
import dev.gatehouse.redis.config.RedisSettings.Timeouts;
import dev.gatehouse.redis.config.RedisSettings.Tls;
import dev.gatehouse.redis.config.RedisUrl;
import io.lettuce.core.RedisCredentialsProvider.ImmediateRedisCredentialsProvider;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslVerifyMode;
import io.micronaut.configuration.lettuce.AbstractRedisConfiguration;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Converts micronaut-redis's configuration, {@code redis.*}. The properties for timeout, TLS, user, password and database
 * apply if {@code redis.uri} does not set them. Micronaut-redis itself ignores them beside a URI.
 */
public final class MicronautRedisSettings {

    private MicronautRedisSettings() {}

    /**
     * Converts {@code configuration}.
     *
     * @param url the text of the first URI; null if there is none
     * @param hasTimeout whether {@code redis.timeout} is the command timeout
     * @throws InvalidSetting if a URI names no host
     */
    public static RedisSettings from(
            AbstractRedisConfiguration configuration, @Nullable String url, boolean hasTimeout) {
        var uris = configuration.getUris();
        var cluster = !uris.isEmpty();
        var nodes = cluster ? uris : List.of(configuration.getUri().orElse(configuration));
        var first = nodes.getFirst();
        var database = first.getDatabase() == 0 ? configuration.getDatabase() : first.getDatabase();
        return new RedisSettings(
                true,
                nodes.stream().map(MicronautRedisSettings::node).toList(),
                cluster,
                credentials(first, configuration, url),
                cluster ? 0 : database,
                tls(first, configuration),
                ClockSource.AUTO,
                hasTimeout ? timeouts(first, configuration) : Timeouts.DEFAULT);
    }

    private static Node node(RedisURI uri) {
        var host = uri.getHost();
        if (host == null || host.isEmpty()) {
            throw new InvalidSetting("redis.uri", "must name a host: sockets and Sentinel are not supported");
        }
        return new Node(host, uri.getPort());
    }

    private static @Nullable Credentials credentials(RedisURI uri, RedisURI beside, @Nullable String url) {
        var own = credentials(uri);
        if (own == null) {
            return credentials(beside);
        }
        // The driver has replaced what is not UTF-8.
        return url != null && RedisUrl.isLossy(own.user() + own.password())
                ? RedisUrl.credentials("redis.uri", url)
                : own;
    }

    private static @Nullable Credentials credentials(RedisURI uri) {
        if (!(uri.getCredentialsProvider() instanceof ImmediateRedisCredentialsProvider provider)) {
            return null;
        }
        var credentials = provider.resolveCredentialsNow();
        return credentials.hasPassword()
                ? new Credentials(credentials.getUsername(), new String(credentials.getPassword()))
                : null;
    }

    private static @Nullable Tls tls(RedisURI uri, RedisURI beside) {
        if (!uri.isSsl() && !beside.isSsl()) {
            return null;
        }
        var verify = uri.getVerifyMode() != SslVerifyMode.NONE && beside.getVerifyMode() != SslVerifyMode.NONE;
        return new Tls(verify, null);
    }

    private static Timeouts timeouts(RedisURI uri, RedisURI beside) {
        var timeout = isDefault(uri.getTimeout()) ? beside.getTimeout() : uri.getTimeout();
        return isDefault(timeout) ? Timeouts.DEFAULT : Timeouts.DEFAULT.withCommand(timeout);
    }

    private static boolean isDefault(Duration timeout) {
        return timeout.equals(RedisURI.DEFAULT_TIMEOUT_DURATION);
    }
}
