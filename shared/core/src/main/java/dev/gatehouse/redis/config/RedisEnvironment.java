package dev.gatehouse.redis.config;

import dev.gatehouse.redis.aws.AwsFailure;
import dev.gatehouse.redis.aws.AwsIdentity;
import dev.gatehouse.redis.aws.CacheToken;
import dev.gatehouse.redis.aws.CacheToken.Kind;
import dev.gatehouse.redis.config.RedisSettings.ClockSource;
import dev.gatehouse.redis.config.RedisSettings.Credentials;
import dev.gatehouse.redis.config.RedisSettings.Node;
import dev.gatehouse.redis.config.RedisSettings.Timeouts;
import dev.gatehouse.redis.config.RedisSettings.Tls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@link RedisSettings} from environment variables, and stops at the first that is malformed or contradictory. */
final class RedisEnvironment {

    /** Variables of which any replaces the whole address configured elsewhere, and its password. */
    private static final List<String> ADDRESS =
            List.of("REDIS_URL", "REDIS_SECRET_ARN", "REDIS_HOST", "REDIS_PORT", "REDIS_CLUSTER_NODES");

    private static final String SECRET = "REDIS_SECRET_ARN";
    private static final String CACHE = "REDIS_IAM_CACHE";
    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9-]{0,39}");

    private final Map<String, String> variables;
    private final RedisSettings defaults;

    RedisEnvironment(Map<String, String> variables, Supplier<RedisSettings> otherwise) {
        this.variables = variables;
        this.defaults = ADDRESS.stream().anyMatch(name -> text(name) != null) || Boolean.FALSE.equals(enabledFlag())
                ? RedisSettings.local()
                : otherwise.get();
    }

    RedisSettings settings() {
        var enabled = enabled();
        var secret = enabled ? secret() : null;
        var url = secret == null ? url() : read(secret);
        var cluster = cluster();
        var tls = tls(url);
        var database = database(url, cluster);
        // Checked and ignored: many deployments set them, but one multiplexed connection replaces a pool.
        integer("REDIS_MAX_CONNECTIONS", 1, 1, 1_000_000);
        integer("REDIS_POOL_SIZE", 1, 1, 1_000_000);
        var token = enabled ? token(url, tls) : null;
        var credentials = token == null ? credentials(url) : null;
        return new RedisSettings(
                enabled,
                nodes(url, cluster),
                cluster,
                credentials,
                database,
                tls,
                clock(),
                timeouts(),
                token == null && secret != null && credentials != null
                        ? new SecretCredentials(secret, credentials)
                        : token);
    }

    private @Nullable SecretUrl secret() {
        var arn = text(SECRET);
        if (arn == null) {
            return null;
        }
        if (text("REDIS_URL") != null) {
            throw new InvalidSetting(SECRET, "contradicts REDIS_URL: set one of them");
        }
        return SecretUrl.named(SECRET, arn, variables);
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
        var cache = text(CACHE);
        if (cache == null) {
            return null;
        }
        var user = text("REDIS_USERNAME");
        if (user == null
                || !NAME.matcher(user).matches()
                || !NAME.matcher(cache).matches()) {
            throw new InvalidSetting(
                    CACHE, "needs the cache's user in REDIS_USERNAME, both of letters, digits and hyphens");
        }
        if (text("REDIS_PASSWORD") != null || (url != null && url.credentials() != null)) {
            throw new InvalidSetting(CACHE, "contradicts the password that is set: the token is the password");
        }
        if (tls == null) {
            throw new InvalidSetting(CACHE, "needs TLS: use rediss:// or REDIS_SSL=true");
        }
        var region = text("AWS_REGION") == null ? text("AWS_DEFAULT_REGION") : text("AWS_REGION");
        if (region == null) {
            throw new InvalidSetting(CACHE, "needs AWS_REGION, which is not set");
        }
        return new IamCredentials(new CacheToken(AwsIdentity.of(variables), region, cache, kind(), user));
    }

    private Kind kind() {
        var word = word("REDIS_IAM_CACHE_KIND", "serverless");
        return switch (word) {
            case "serverless" -> Kind.SERVERLESS;
            case "replication-group" -> Kind.REPLICATION_GROUP;
            default ->
                throw new InvalidSetting(
                        "REDIS_IAM_CACHE_KIND", "must be serverless or replication-group, not " + word);
        };
    }

    private boolean enabled() {
        var flag = enabledFlag();
        return flag != null ? flag : defaults.enabled();
    }

    private @Nullable Boolean enabledFlag() {
        var enable = flag("ENABLE_REDIS");
        var use = flag("USE_REDIS");
        if (enable != null && use != null && !enable.equals(use)) {
            throw new InvalidSetting("USE_REDIS", "contradicts ENABLE_REDIS");
        }
        return enable != null ? enable : use;
    }

    private @Nullable RedisUrl url() {
        var text = text("REDIS_URL");
        if (text == null) {
            return null;
        }
        return agreeing(RedisUrl.parse("REDIS_URL", text), "REDIS_URL");
    }

    private RedisUrl agreeing(RedisUrl url, String origin) {
        var host = text("REDIS_HOST");
        if (host != null && !host.equals(url.node().host())) {
            throw new InvalidSetting("REDIS_HOST", "contradicts " + origin + ": set one of them");
        }
        if (text("REDIS_PORT") != null && port() != url.node().port()) {
            throw new InvalidSetting("REDIS_PORT", "contradicts " + origin + ": set one of them");
        }
        return url;
    }

    private boolean cluster() {
        var mode = flag("REDIS_CLUSTER_MODE");
        var nodes = text("REDIS_CLUSTER_NODES") != null;
        if (nodes && Boolean.FALSE.equals(mode)) {
            throw new InvalidSetting("REDIS_CLUSTER_NODES", "contradicts REDIS_CLUSTER_MODE=false");
        }
        return mode != null ? mode : nodes || defaults.cluster();
    }

    private List<Node> nodes(@Nullable RedisUrl url, boolean cluster) {
        var list = text("REDIS_CLUSTER_NODES");
        if (cluster && list != null) {
            return Arrays.stream(list.split(","))
                    .map(node -> RedisUrl.node("REDIS_CLUSTER_NODES", node.strip()))
                    .toList();
        }
        if (url != null) {
            return List.of(url.node());
        }
        var host = text("REDIS_HOST");
        if (host == null && text("REDIS_PORT") == null) {
            return defaults.nodes();
        }
        return List.of(new Node(host == null ? defaults.nodes().getFirst().host() : host, port()));
    }

    private int port() {
        return integer("REDIS_PORT", RedisUrl.DEFAULT_PORT, 1, 65_535);
    }

    private @Nullable Credentials credentials(@Nullable RedisUrl url) {
        var inUrl = url == null ? defaults.credentials() : url.credentials();
        var user = text("REDIS_USERNAME");
        var password = variables.get("REDIS_PASSWORD");
        if (password == null || password.isEmpty()) {
            if (user != null && (inUrl == null || !user.equals(inUrl.user()))) {
                throw new InvalidSetting("REDIS_USERNAME", "is set without REDIS_PASSWORD");
            }
            return inUrl;
        }
        var given = new Credentials(user, password);
        if (url == null || inUrl == null) {
            return given;
        }
        if (!inUrl.password().equals(password) || (user != null && !user.equals(inUrl.user()))) {
            throw new InvalidSetting("REDIS_PASSWORD", "contradicts REDIS_URL: set one of them");
        }
        return inUrl;
    }

    private int database(@Nullable RedisUrl url, boolean cluster) {
        var given = integer("REDIS_DB", defaults.database(), 0, 1_000_000);
        var inUrl = url == null ? null : url.database();
        if (inUrl != null && text("REDIS_DB") != null && !inUrl.equals(given)) {
            throw new InvalidSetting("REDIS_DB", "contradicts REDIS_URL: set one of them");
        }
        var database = inUrl == null ? given : inUrl;
        if (cluster && database != 0) {
            throw new InvalidSetting("REDIS_DB", "must be 0 on a cluster, not " + database);
        }
        return database;
    }

    private @Nullable Tls tls(@Nullable RedisUrl url) {
        var ssl = flag("REDIS_SSL");
        if (url != null && ssl != null && ssl != url.tls()) {
            throw new InvalidSetting("REDIS_SSL", "contradicts the scheme of REDIS_URL");
        }
        var on = url != null ? url.tls() : ssl != null ? ssl : defaults.tls() != null;
        var verify = verify();
        var caFile = text("REDIS_CA_FILE");
        if (!on) {
            if (caFile != null) {
                throw new InvalidSetting("REDIS_CA_FILE", "is set without TLS: use rediss:// or REDIS_SSL=true");
            }
            return null;
        }
        if (caFile == null) {
            return new Tls(verify, null);
        }
        if (!verify) {
            throw new InvalidSetting("REDIS_CA_FILE", "contradicts REDIS_SSL_CERT_REQS=none");
        }
        return new Tls(true, certificates(Path.of(caFile)));
    }

    /** Returns {@code file} if it contains certificates. The driver would check it only when it connects. */
    private static Path certificates(Path file) {
        try (var pem = Files.newInputStream(file)) {
            if (!CertificateFactory.getInstance("X.509")
                    .generateCertificates(pem)
                    .isEmpty()) {
                return file;
            }
        } catch (IOException e) {
            throw new InvalidSetting("REDIS_CA_FILE", "names a file that cannot be read: " + file);
        } catch (CertificateException e) {
            // Reported below, like an empty file.
        }
        throw new InvalidSetting("REDIS_CA_FILE", "holds no certificate that can be read: " + file);
    }

    private boolean verify() {
        // The values are those of Python's ssl module. A Redis server always presents a certificate, so optional means
        // required.
        var word = word(
                "REDIS_SSL_CERT_REQS", defaults.tls() == null || defaults.tls().verify() ? "required" : "none");
        return switch (word) {
            case "required", "optional" -> true;
            case "none" -> false;
            default ->
                throw new InvalidSetting("REDIS_SSL_CERT_REQS", "must be required, optional or none, not " + word);
        };
    }

    private ClockSource clock() {
        var word = word("REDIS_CLOCK", "auto");
        return switch (word) {
            case "auto" -> ClockSource.AUTO;
            case "redis" -> ClockSource.REDIS;
            case "caller" -> ClockSource.CALLER;
            default -> throw new InvalidSetting("REDIS_CLOCK", "must be auto, redis or caller, not " + word);
        };
    }

    /**
     * Returns the value in lower case. Callers switch on it without patterns: the first pattern switch of a process takes
     * longer than this whole class.
     */
    private String word(String name, String otherwise) {
        return Objects.requireNonNullElse(text(name), otherwise).toLowerCase(Locale.ROOT);
    }

    private Timeouts timeouts() {
        return new Timeouts(
                millis("REDIS_CONNECTION_TIMEOUT", defaults.timeouts().connect()),
                millis("REDIS_TLS_TIMEOUT", defaults.timeouts().tlsHandshake()),
                millis("REDIS_COMMAND_TIMEOUT", defaults.timeouts().command()),
                millis("REDIS_TRUSTED_IDLE", defaults.timeouts().trustedIdle()),
                Duration.ofSeconds(integer("REDIS_TIMEOUT", 0, 0, 3_600)));
    }

    private Duration millis(String name, Duration otherwise) {
        return Duration.ofMillis(integer(name, (int) otherwise.toMillis(), 1, 3_600_000));
    }

    private int integer(String name, int otherwise, int min, int max) {
        var text = text(name);
        if (text == null) {
            return otherwise;
        }
        try {
            var value = Integer.parseInt(text);
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Reported below, like a number out of bounds.
        }
        throw new InvalidSetting(name, "must be a whole number from " + min + " to " + max + ", not " + text);
    }

    private @Nullable Boolean flag(String name) {
        var text = text(name);
        if (text == null) {
            return null;
        }
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "1", "yes", "on" -> true;
            case "false", "0", "no", "off" -> false;
            default -> throw new InvalidSetting(name, "must be true or false, not " + text);
        };
    }

    /** Returns the value without surrounding blanks; null if it is unset or blank. */
    private @Nullable String text(String name) {
        var value = variables.get(name);
        return value == null || value.isBlank() ? null : value.strip();
    }
}
