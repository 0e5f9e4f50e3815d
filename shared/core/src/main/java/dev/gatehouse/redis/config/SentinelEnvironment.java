// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.config;

import dev.gatehouse.redis.config.RedisSettings.Credentials;
import dev.gatehouse.redis.config.RedisSettings.Node;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the settings of Sentinels, and stops at the first that is malformed or contradictory. */
final class SentinelEnvironment {

    static final String NODES = "REDIS_SENTINEL_NODES";

    private static final String MASTER = "REDIS_SENTINEL_MASTER";
    private static final String USERNAME = "REDIS_SENTINEL_USERNAME";
    private static final String PASSWORD = "REDIS_SENTINEL_PASSWORD";
    private static final String SSL = "REDIS_SENTINEL_SSL";
    private static final List<String> CONTRADICTIONS = List.of(
            "REDIS_URL",
            "REDIS_SECRET_ARN",
            "REDIS_HOST",
            "REDIS_PORT",
            "REDIS_CLUSTER_NODES",
            "REDIS_IAM_CACHE",
            "REDIS_CLUSTER_MODE");

    /** Sentinel accepts no other characters in the name of a master. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,100}");

    private final EnvironmentVariables env;
    private final @Nullable RedisUrl url;

    /** @param url the URL that replaces the nodes; null if there is none */
    SentinelEnvironment(EnvironmentVariables env, @Nullable RedisUrl url) {
        this.env = env;
        this.url = url != null && url.sentinel() ? url : null;
    }

    /** Returns whether Sentinels report the address of Redis. */
    boolean isUsed() {
        return url != null || env.isSet(NODES);
    }

    /**
     * Reads the master's name.
     *
     * @throws InvalidSetting if there are no Sentinels but settings for them, or another address
     */
    @Nullable
    String master() {
        if (!isUsed()) {
            for (var name : List.of(MASTER, USERNAME, PASSWORD, SSL)) {
                if (env.isSet(name)) {
                    throw new InvalidSetting(name, "is set without " + NODES);
                }
            }
            return null;
        }
        rejectOtherAddresses();
        var master = env.text(MASTER);
        var inUrl = url == null ? null : url.master();
        if (master != null && inUrl != null && !master.equals(inUrl)) {
            throw new InvalidSetting(MASTER, "contradicts the URL: set one of them");
        }
        var name = master == null ? inUrl : master;
        if (name == null) {
            throw new InvalidSetting(MASTER, "is not set: the Sentinels need the name of the master");
        }
        if (!NAME.matcher(name).matches()) {
            throw new InvalidSetting(MASTER, "must consist of letters, digits and . _ -");
        }
        return name;
    }

    private void rejectOtherAddresses() {
        var own = url == null ? NODES : "the URL of Sentinels";
        for (var other : CONTRADICTIONS) {
            var isUrl = other.equals("REDIS_URL") || other.equals("REDIS_SECRET_ARN");
            var isOff = other.equals("REDIS_CLUSTER_MODE") && !Boolean.TRUE.equals(env.flag(other));
            if (env.isSet(other) && !isOff && !(isUrl && url != null)) {
                throw new InvalidSetting(other, "contradicts " + own + ": set one of them");
            }
        }
        if (url != null && env.isSet(NODES)) {
            throw new InvalidSetting(NODES, "contradicts " + own + ": set one of them");
        }
    }

    /** Returns the Sentinels; call it only if they are used. */
    List<Node> nodes() {
        if (url != null) {
            return url.nodes();
        }
        return Arrays.stream(String.valueOf(env.text(NODES)).split(",", -1))
                .map(node -> RedisUrl.node(NODES, node.strip(), RedisUrl.SENTINEL_PORT))
                .toList();
    }

    /** Returns whether to use TLS with the Sentinels. */
    boolean tls(boolean ofRedis) {
        var ssl = env.flag(SSL);
        return ssl == null ? ofRedis : ssl;
    }

    @Nullable
    Credentials credentials() {
        var user = env.text(USERNAME);
        var password = env.variables().get(PASSWORD);
        if (password != null && !password.isEmpty()) {
            return new Credentials(user, password);
        }
        if (user != null) {
            throw new InvalidSetting(USERNAME, "is set without " + PASSWORD);
        }
        return null;
    }
}
