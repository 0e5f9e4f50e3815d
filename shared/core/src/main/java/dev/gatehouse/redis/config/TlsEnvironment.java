// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.config;

import dev.gatehouse.redis.config.RedisSettings.Tls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import org.jspecify.annotations.Nullable;

/** Reads the settings of TLS, and stops at the first that is malformed or contradictory. */
final class TlsEnvironment {

    /** The values of Python's ssl module. A Redis server always presents a certificate, so optional means required. */
    private enum CertReqs {
        REQUIRED,
        OPTIONAL,
        NONE
    }

    private final EnvironmentVariables env;
    private final @Nullable Tls defaults;

    TlsEnvironment(EnvironmentVariables env, @Nullable Tls defaults) {
        this.env = env;
        this.defaults = defaults;
    }

    /** The connections to Redis and to the Sentinels, each null for plain TCP. They trust the same authorities. */
    record TlsPair(@Nullable Tls redis, @Nullable Tls sentinel) {}

    TlsPair read(@Nullable RedisUrl url, SentinelEnvironment sentinels) {
        var ofRedis = isTls(url);
        var ofSentinels = sentinels.isUsed() && sentinels.tls(ofRedis);
        var shared = tls(ofRedis || ofSentinels);
        return new TlsPair(ofRedis ? shared : null, ofSentinels ? shared : null);
    }

    private boolean isTls(@Nullable RedisUrl url) {
        var ssl = env.flag("REDIS_SSL");
        if (url != null && ssl != null && ssl != url.tls()) {
            throw new InvalidSetting("REDIS_SSL", "contradicts the scheme of REDIS_URL");
        }
        return url != null ? url.tls() : ssl != null ? ssl : defaults != null;
    }

    private @Nullable Tls tls(boolean on) {
        var required = defaults == null || defaults.verify() ? CertReqs.REQUIRED : CertReqs.NONE;
        var verify = env.constant("REDIS_SSL_CERT_REQS", required) != CertReqs.NONE;
        var caFile = env.text("REDIS_CA_FILE");
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
}
