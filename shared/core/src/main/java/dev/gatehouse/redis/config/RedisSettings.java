// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The address of Redis, and the credentials and timeouts for it. {@link #fromEnvironment} reads them from the environment
 * variables that {@code docs/settings.md} lists.
 *
 * @param enabled false to run without Redis, with all decisions made in memory
 * @param nodes one node, the seed nodes of a cluster, or the Sentinels
 * @param cluster whether Redis runs in cluster mode: several nodes, each with a part of the slots
 * @param credentials those of each new connection; null to send none
 * @param database usually 0 to 15; 0 on a cluster
 * @param tls null for plain TCP
 * @param clock the clock of the scripts
 * @param timeouts the time limits of each step
 * @param sentinel the settings of the Sentinels if {@code nodes} are such; otherwise null
 */
public record RedisSettings(
        boolean enabled,
        List<Node> nodes,
        boolean cluster,
        @Nullable CredentialsSource credentials,
        int database,
        @Nullable Tls tls,
        ClockSource clock,
        Timeouts timeouts,
        @Nullable SentinelSettings sentinel) {

    public RedisSettings {
        nodes = List.copyOf(nodes);
    }

    /** Creates settings without Sentinels. */
    public RedisSettings(
            boolean enabled,
            List<Node> nodes,
            boolean cluster,
            @Nullable CredentialsSource credentials,
            int database,
            @Nullable Tls tls,
            ClockSource clock,
            Timeouts timeouts) {
        this(enabled, nodes, cluster, credentials, database, tls, clock, timeouts, null);
    }

    /** Returns the environment variables that name the address of Redis. */
    public static List<String> addressNames() {
        return List.of(
                "REDIS_URL",
                "REDIS_SECRET_ARN",
                "REDIS_HOST",
                "REDIS_PORT",
                "REDIS_CLUSTER_NODES",
                "REDIS_SENTINEL_NODES");
    }

    /**
     * Reads the settings from {@code environment}, usually {@link System#getenv()}. If it names a secret, reads the secret
     * too, which blocks for some seconds at most.
     *
     * @throws InvalidSetting if one is malformed, contradicts another, or names a secret that cannot be read
     */
    public static RedisSettings fromEnvironment(Map<String, String> environment) {
        return fromEnvironment(environment, RedisSettings::local);
    }

    /**
     * Reads the settings like {@link #fromEnvironment(Map)}, with defaults for the missing ones.
     *
     * @param otherwise returns the defaults; called only if {@code environment} names no Redis
     */
    public static RedisSettings fromEnvironment(Map<String, String> environment, Supplier<RedisSettings> otherwise) {
        return new RedisEnvironment(environment, otherwise).settings();
    }

    /**
     * Returns the environment variables to hide from Micronaut. It would read {@code REDIS_TIMEOUT}, the start timeout in
     * seconds, as {@code redis.timeout}. {@code REDIS_URI} is not hidden, because it is Micronaut's own.
     */
    public static String[] environmentNames() {
        return System.getenv().keySet().stream()
                .filter(name -> name.startsWith("REDIS_") && !name.startsWith("REDIS_URI"))
                .toArray(String[]::new);
    }

    /** Returns settings for Redis on this machine, on its default port. */
    public static RedisSettings local() {
        return of("localhost", 6379);
    }

    /** Returns settings for one Redis over plain TCP, without a password, with the default timeouts. */
    public static RedisSettings of(String host, int port) {
        return new RedisSettings(
                true, List.of(new Node(host, port)), false, null, 0, null, ClockSource.AUTO, Timeouts.DEFAULT);
    }

    public record Node(String host, int port) {

        @Override
        public String toString() {
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        }
    }

    /**
     * A user and password.
     *
     * @param user null for the default user of Redis
     */
    public record Credentials(@Nullable String user, String password) implements CredentialsSource {

        @Override
        public Credentials now() {
            return this;
        }

        @Override
        public String toString() {
            return (user == null ? "" : user) + ":***";
        }
    }

    /**
     * The TLS settings of a connection.
     *
     * @param verify false to accept any certificate, which does not protect against an impersonated server
     * @param caFile a PEM file of the trusted certificate authorities; null for those of the JVM
     */
    public record Tls(boolean verify, @Nullable Path caFile) {}

    public enum ClockSource {
        /** The clock of Redis, or the caller's if Redis rejects {@code TIME} in scripts. */
        AUTO,
        REDIS,
        CALLER
    }

    /**
     * The maximum time of each step. A command on an open connection ends within {@code command}. A command that has to
     * open the connection first ends within {@link RedisSettings#decisionBudget()}.
     *
     * @param trustedIdle the idle time after which a connection must answer a {@code PING} before it is used; a frozen
     *     process exceeds it
     * @param start the time that the start of a server waits for Redis before it continues without it
     */
    public record Timeouts(
            Duration connect, Duration tlsHandshake, Duration command, Duration trustedIdle, Duration start) {

        public static final Timeouts DEFAULT = new Timeouts(
                Duration.ofMillis(500),
                Duration.ofSeconds(1),
                Duration.ofMillis(250),
                Duration.ofSeconds(30),
                Duration.ZERO);

        public Timeouts withCommand(Duration timeout) {
            return new Timeouts(connect, tlsHandshake, timeout, trustedIdle, start);
        }
    }

    /**
     * Returns the maximum time to open a connection. On a cluster it includes the query of the topology; with Sentinels, the
     * queries of them and of the role.
     */
    public Duration openingBudget() {
        return sentinel == null
                ? connectionBudget().multipliedBy(cluster ? 2 : 1)
                : sentinelBudget(sentinel).plus(connectionBudget()).plus(timeouts.command);
    }

    /** Returns the maximum time in which a Sentinel must reply: that of TCP, and of TLS if it is enabled there. */
    public Duration sentinelBudget(SentinelSettings sentinels) {
        return sentinels.tls() == null ? timeouts.connect : timeouts.connect.plus(timeouts.tlsHandshake);
    }

    /** Returns the maximum time to open one connection: TCP, TLS if it is enabled, and {@code HELLO}. */
    public Duration connectionBudget() {
        var plain = timeouts.connect.plus(timeouts.command);
        return tls == null ? plain : plain.plus(timeouts.tlsHandshake);
    }

    /** Returns the maximum time of one decision that has to open a connection. */
    public Duration decisionBudget() {
        return openingBudget().plus(timeouts.command);
    }

    /**
     * Returns the URL with a masked password, such as {@code rediss://user:***@host:6379/0} or
     * {@code redis-sentinel://a:26379,b:26379/0#master}.
     */
    public String maskedUrl() {
        var hosts = nodes.stream().map(Node::toString).collect(Collectors.joining(","));
        return (sentinel == null ? "redis" : "redis-sentinel")
                + (tls == null ? "://" : "s://")
                + (credentials == null ? "" : credentials + "@")
                + hosts
                + (cluster ? "" : "/" + database)
                + (sentinel == null ? "" : "#" + sentinel.master());
    }

    @Override
    public String toString() {
        return enabled ? maskedUrl() : "no Redis";
    }
}
