package dev.gatehouse.redis.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where Redis is and how long it may take. {@link #fromEnvironment} reads it from the environment names the README lists.
 *
 * @param enabled false: there is no Redis, everything is decided in memory
 * @param nodes one, or with {@code cluster} the seeds of the cluster
 * @param cluster Redis Cluster protocol: several nodes, each with a part of the slots
 * @param credentials null: none are sent
 * @param database 0 to 15 usually; 0 on a cluster
 * @param tls null: plain TCP
 * @param clock whose time the scripts go by
 * @param timeouts what each step may take
 * @param source what gives each new connection its credentials, in place of {@code credentials}; null: those are good for all
 */
public record RedisSettings(
        boolean enabled,
        List<Node> nodes,
        boolean cluster,
        @Nullable Credentials credentials,
        int database,
        @Nullable Tls tls,
        ClockSource clock,
        Timeouts timeouts,
        @Nullable CredentialsSource source) {

    public RedisSettings {
        nodes = List.copyOf(nodes);
    }

    /** With the same credentials for every connection. */
    public RedisSettings(
            boolean enabled,
            List<Node> nodes,
            boolean cluster,
            @Nullable Credentials credentials,
            int database,
            @Nullable Tls tls,
            ClockSource clock,
            Timeouts timeouts) {
        this(enabled, nodes, cluster, credentials, database, tls, clock, timeouts, null);
    }

    /**
     * Reads the settings from {@code environment}, usually {@link System#getenv()}; and where that names a secret, from
     * there, which takes some seconds at most.
     *
     * @throws InvalidSetting if one is malformed, contradicts another, or names a secret that cannot be read
     */
    public static RedisSettings fromEnvironment(Map<String, String> environment) {
        return fromEnvironment(environment, RedisSettings::local);
    }

    /**
     * As {@link #fromEnvironment(Map)}, with other settings for what {@code environment} leaves out.
     *
     * @param otherwise called only if {@code environment} names no Redis; must not have a {@link CredentialsSource}
     */
    public static RedisSettings fromEnvironment(Map<String, String> environment, Supplier<RedisSettings> otherwise) {
        return new RedisEnvironment(environment, otherwise).settings();
    }

    /**
     * The environment variables that only Gatehouse is to read. Micronaut would take {@code REDIS_TIMEOUT}, in seconds until
     * a start goes on without Redis, for {@code redis.timeout}. {@code REDIS_URI} is Micronaut's own.
     */
    public static String[] environmentNames() {
        return System.getenv().keySet().stream()
                .filter(name -> name.startsWith("REDIS_") && !name.startsWith("REDIS_URI"))
                .toArray(String[]::new);
    }

    /** Redis on this machine, on its default port. */
    public static RedisSettings local() {
        return of("localhost", 6379);
    }

    /** Plain TCP to one Redis, without a password, and the default timeouts. */
    public static RedisSettings of(String host, int port) {
        return new RedisSettings(
                true, List.of(new Node(host, port)), false, null, 0, null, ClockSource.AUTO, Timeouts.DEFAULT);
    }

    /** A Redis process's address. */
    public record Node(String host, int port) {

        @Override
        public String toString() {
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        }
    }

    /**
     * What Redis knows us by.
     *
     * @param user null: Redis's default user
     */
    public record Credentials(@Nullable String user, String password) {

        @Override
        public String toString() {
            return (user == null ? "" : user) + ":***";
        }
    }

    /**
     * How the connection is encrypted and whom it trusts.
     *
     * @param verify false: any certificate is taken, which protects from nobody who can answer in Redis's place
     * @param caFile PEM file of the authorities to trust; null: the JVM's
     */
    public record Tls(boolean verify, @Nullable Path caFile) {}

    /** Whose time the scripts go by. */
    public enum ClockSource {
        /** Redis's, or the caller's where Redis refuses {@code TIME} in scripts. */
        AUTO,
        REDIS,
        CALLER
    }

    /**
     * What each step may take, at most. A command on an open connection is answered within {@code command}; one that has
     * to open the connection first, within {@link RedisSettings#decisionBudget()}.
     *
     * @param trustedIdle after so long a silence, as of a frozen process, a connection must show that it lives before it
     *     is used
     * @param start how long a server's start waits for Redis before it goes on without
     */
    public record Timeouts(
            Duration connect, Duration tlsHandshake, Duration command, Duration trustedIdle, Duration start) {

        public static final Timeouts DEFAULT = new Timeouts(
                Duration.ofMillis(500),
                Duration.ofSeconds(1),
                Duration.ofMillis(250),
                Duration.ofSeconds(30),
                Duration.ZERO);
    }

    /** The time to open a connection: TCP, TLS where it is on, and HELLO; on a cluster its topology is asked first. */
    public Duration openingBudget() {
        return connectionBudget().multipliedBy(cluster ? 2 : 1);
    }

    /** The time to open one connection: TCP, TLS where it is on, and HELLO. */
    public Duration connectionBudget() {
        var plain = timeouts.connect.plus(timeouts.command);
        return tls == null ? plain : plain.plus(timeouts.tlsHandshake);
    }

    /** The time for one decision, when a connection has to be opened for it. */
    public Duration decisionBudget() {
        return openingBudget().plus(timeouts.command);
    }

    /** The address with what one needs to recognise it, and no secret: {@code rediss://user:***@host:6379/0}. */
    public String maskedUrl() {
        var hosts = nodes.stream().map(Node::toString).collect(Collectors.joining(","));
        return (tls == null ? "redis://" : "rediss://")
                + (shown() == null ? "" : shown() + "@")
                + hosts
                + (cluster ? "" : "/" + database);
    }

    private @Nullable Object shown() {
        return credentials == null ? source : credentials;
    }

    @Override
    public String toString() {
        return enabled ? maskedUrl() : "no Redis";
    }
}
