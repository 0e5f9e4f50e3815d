// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.config;

import dev.gatehouse.redis.aws.AwsFailure;
import dev.gatehouse.redis.aws.AwsIdentity;
import dev.gatehouse.redis.config.IamCredentials.Kind;
import dev.gatehouse.redis.config.RedisSettings.ClockSource;
import dev.gatehouse.redis.config.RedisSettings.Credentials;
import dev.gatehouse.redis.config.RedisSettings.Node;
import dev.gatehouse.redis.config.RedisSettings.Timeouts;
import dev.gatehouse.redis.config.RedisSettings.Tls;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@link RedisSettings} from environment variables, and stops at the first that is malformed or contradictory. */
final class RedisEnvironment {

    /** Variables of which any replaces the whole address configured elsewhere, and its password. */
    private static final List<String> ADDRESS = RedisSettings.addressNames();

    private static final String SECRET = "REDIS_SECRET_ARN";
    private static final String CACHE = "REDIS_IAM_CACHE";
    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9-]{0,39}");

    private final EnvironmentVariables env;
    private final RedisSettings defaults;

    RedisEnvironment(Map<String, String> variables, Supplier<RedisSettings> otherwise) {
        this.env = new EnvironmentVariables(variables);
        this.defaults = ADDRESS.stream().anyMatch(env::isSet) || Boolean.FALSE.equals(enabledFlag())
                ? RedisSettings.local()
                : otherwise.get();
    }

    RedisSettings settings() {
        var flag = enabledFlag();
        var enabled = flag != null ? flag : defaults.enabled();
        var secret = enabled ? secret() : null;
        var url = secret == null ? url() : read(secret);
        var sentinels = new SentinelEnvironment(env, url);
        var master = sentinels.master();
        var cluster = cluster() && master == null;
        var tls = new TlsEnvironment(env, defaults.tls()).read(url, sentinels);
        var database = database(url, cluster);
        // Checked and ignored: many deployments set them, but one multiplexed connection replaces a pool.
        env.integer("REDIS_MAX_CONNECTIONS", 1, 1, 1_000_000);
        env.integer("REDIS_POOL_SIZE", 1, 1, 1_000_000);
        checkReadReplicas();
        var token = enabled ? token(url, tls.redis()) : null;
        var credentials = token == null ? credentials(url) : token;
        if (secret != null && credentials instanceof Credentials current) {
            credentials = secret.supplying(current, Duration.ZERO);
        }
        return new RedisSettings(
                enabled,
                sentinels.isUsed() ? sentinels.nodes() : nodes(url, cluster),
                cluster,
                credentials,
                database,
                tls.redis(),
                env.constant("REDIS_CLOCK", ClockSource.AUTO),
                timeouts(),
                master == null ? null : new SentinelSettings(master, sentinels.credentials(), tls.sentinel()));
    }

    private @Nullable SecretUrl secret() {
        var arn = env.text(SECRET);
        if (arn == null) {
            return null;
        }
        if (env.isSet("REDIS_URL")) {
            throw contradiction(SECRET, "REDIS_URL");
        }
        return new SecretUrl(SECRET, arn, env.variables());
    }

    private RedisUrl read(SecretUrl secret) {
        try {
            return agreeing(secret.read(), "the URL in " + SECRET);
        } catch (AwsFailure e) {
            throw new InvalidSetting(SECRET, "names a secret that cannot be read: " + e.getMessage());
        }
    }

    /** Returns the source of IAM tokens for ElastiCache; null if it is not configured. */
    private @Nullable IamCredentials token(@Nullable RedisUrl url, @Nullable Tls tls) {
        var cache = env.text(CACHE);
        if (cache == null) {
            return null;
        }
        var user = env.text("REDIS_USERNAME");
        if (user == null
                || !NAME.matcher(user).matches()
                || !NAME.matcher(cache).matches()) {
            throw new InvalidSetting(
                    CACHE, "needs the cache's user in REDIS_USERNAME, both of letters, digits and hyphens");
        }
        if (env.isSet("REDIS_PASSWORD") || (url != null && url.credentials() != null)) {
            throw new InvalidSetting(CACHE, "contradicts the password that is set: the token is the password");
        }
        if (tls == null) {
            throw new InvalidSetting(CACHE, "needs TLS: use rediss:// or REDIS_SSL=true");
        }
        var region = env.text("AWS_REGION") == null ? env.text("AWS_DEFAULT_REGION") : env.text("AWS_REGION");
        if (region == null) {
            throw new InvalidSetting(CACHE, "needs AWS_REGION, which is not set");
        }
        var kind = env.constant("REDIS_IAM_CACHE_KIND", Kind.SERVERLESS);
        return new IamCredentials(AwsIdentity.of(env.variables()), region, cache, kind, user, Instant::now);
    }

    private @Nullable Boolean enabledFlag() {
        var enable = env.flag("ENABLE_REDIS");
        var use = env.flag("USE_REDIS");
        if (enable != null && use != null && !enable.equals(use)) {
            throw new InvalidSetting("USE_REDIS", "contradicts ENABLE_REDIS");
        }
        return enable != null ? enable : use;
    }

    private @Nullable RedisUrl url() {
        var text = env.text("REDIS_URL");
        if (text == null) {
            return null;
        }
        return agreeing(RedisUrl.parse("REDIS_URL", text), "REDIS_URL");
    }

    private RedisUrl agreeing(RedisUrl url, String origin) {
        var host = env.text("REDIS_HOST");
        if (url.sentinel()) {
            return url;
        }
        var node = url.nodes().getFirst();
        if (host != null && !host.equals(node.host())) {
            throw contradiction("REDIS_HOST", origin);
        }
        if (env.isSet("REDIS_PORT") && port() != node.port()) {
            throw contradiction("REDIS_PORT", origin);
        }
        return url;
    }

    private static InvalidSetting contradiction(String name, String other) {
        return new InvalidSetting(name, "contradicts " + other + ": set one of them");
    }

    private boolean cluster() {
        var mode = env.flag("REDIS_CLUSTER_MODE");
        var nodes = env.isSet("REDIS_CLUSTER_NODES");
        if (nodes && Boolean.FALSE.equals(mode)) {
            throw new InvalidSetting("REDIS_CLUSTER_NODES", "contradicts REDIS_CLUSTER_MODE=false");
        }
        return mode != null ? mode : nodes || defaults.cluster();
    }

    private List<Node> nodes(@Nullable RedisUrl url, boolean cluster) {
        var list = env.text("REDIS_CLUSTER_NODES");
        if (cluster && list != null) {
            return Arrays.stream(list.split(","))
                    .map(node -> RedisUrl.node("REDIS_CLUSTER_NODES", node.strip()))
                    .toList();
        }
        if (url != null) {
            return url.nodes();
        }
        var host = env.text("REDIS_HOST");
        if (host == null && !env.isSet("REDIS_PORT")) {
            return defaults.nodes();
        }
        return List.of(new Node(host == null ? defaults.nodes().getFirst().host() : host, port()));
    }

    private int port() {
        return env.integer("REDIS_PORT", RedisUrl.DEFAULT_PORT, 1, 65_535);
    }

    private @Nullable CredentialsSource credentials(@Nullable RedisUrl url) {
        var inUrl = url == null ? null : url.credentials();
        var otherwise = url == null ? defaults.credentials() : inUrl;
        var user = env.text("REDIS_USERNAME");
        var password = env.variables().get("REDIS_PASSWORD");
        if (password == null || password.isEmpty()) {
            if (user != null && (otherwise == null || !user.equals(otherwise.user()))) {
                throw new InvalidSetting("REDIS_USERNAME", "is set without REDIS_PASSWORD");
            }
            return otherwise;
        }
        if (inUrl == null) {
            return new Credentials(user, password);
        }
        if (!inUrl.password().equals(password) || (user != null && !user.equals(inUrl.user()))) {
            throw contradiction("REDIS_PASSWORD", "REDIS_URL");
        }
        return inUrl;
    }

    private int database(@Nullable RedisUrl url, boolean cluster) {
        var given = env.integer("REDIS_DB", defaults.database(), 0, 1_000_000);
        var inUrl = url == null ? null : url.database();
        if (inUrl != null && env.isSet("REDIS_DB") && !inUrl.equals(given)) {
            throw contradiction("REDIS_DB", "REDIS_URL");
        }
        var database = inUrl == null ? given : inUrl;
        if (cluster && database != 0) {
            throw new InvalidSetting("REDIS_DB", "must be 0 on a cluster, not " + database);
        }
        return database;
    }

    /** Checks and ignores the read replicas: decisions read the primary, since a stale read would be wrong. */
    private void checkReadReplicas() {
        env.flag("REDIS_READ_REPLICAS");
        var urls = env.text("REDIS_READ_REPLICA_URLS");
        if (urls != null) {
            for (var url : urls.split(",", -1)) {
                RedisUrl.parse("REDIS_READ_REPLICA_URLS", url.strip());
            }
        }
    }

    private Timeouts timeouts() {
        return new Timeouts(
                millis("REDIS_CONNECTION_TIMEOUT", defaults.timeouts().connect()),
                millis("REDIS_TLS_TIMEOUT", defaults.timeouts().tlsHandshake()),
                millis("REDIS_COMMAND_TIMEOUT", defaults.timeouts().command()),
                millis("REDIS_TRUSTED_IDLE", defaults.timeouts().trustedIdle()),
                Duration.ofSeconds(env.integer("REDIS_TIMEOUT", 0, 0, 3_600)));
    }

    private Duration millis(String name, Duration otherwise) {
        return Duration.ofMillis(env.integer(name, (int) otherwise.toMillis(), 1, 3_600_000));
    }
}
