// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.aws;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The AWS identity of this process, from the environment variables that the AWS SDKs read. The credentials come from the
 * environment, as Lambda sets them, or else from the container credentials endpoint. Lambda uses the endpoint with
 * SnapStart, because credentials in a snapshot would be too old.
 */
public final class AwsIdentity {

    private static final String KEY_ID = "AWS_ACCESS_KEY_ID";
    private static final String SECRET_KEY = "AWS_SECRET_ACCESS_KEY";
    private static final String SESSION_TOKEN = "AWS_SESSION_TOKEN";
    private static final String FULL_URI = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
    private static final String RELATIVE_URI = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
    private static final String TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
    private static final String TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";

    /** The hosts that may serve credentials without TLS: this machine, and the link-local addresses of ECS and EKS. */
    private static final Set<String> NEAR =
            Set.of("localhost", "127.0.0.1", "[::1]", "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]");

    /** The time before expiration at which temporary credentials are refreshed. */
    private static final Duration AHEAD = Duration.ofMinutes(5);

    private final Map<String, String> environment;
    private final Supplier<Instant> clock;
    private volatile @Nullable AwsCredentials held;

    AwsIdentity(Map<String, String> environment, Supplier<Instant> clock) {
        this.environment = environment;
        this.clock = clock;
    }

    /** Returns the identity in {@code environment}, usually {@link System#getenv()}. The variables are read on demand. */
    public static AwsIdentity of(Map<String, String> environment) {
        return new AwsIdentity(environment, Instant::now);
    }

    /**
     * Fetches credentials if there are none or they expire soon. Blocks for as long as {@link AwsHttp} may.
     *
     * @throws AwsFailure if they cannot be fetched, and there are no unexpired ones
     */
    public void refresh() {
        if (!isStale()) {
            return;
        }
        try {
            held = fetched();
        } catch (AwsFailure e) {
            var known = held;
            if (known == null || known.endBefore(clock.get())) {
                throw e;
            }
        }
    }

    /** Returns whether {@link #refresh} would fetch credentials, and so may block. */
    public boolean isStale() {
        var known = held;
        return known == null || known.endBefore(clock.get().plus(AHEAD));
    }

    /** @throws AwsFailure if {@link #refresh} has not succeeded yet */
    AwsCredentials credentials() {
        var known = held;
        if (known == null) {
            throw new AwsFailure("there are no AWS credentials yet", true);
        }
        return known;
    }

    /**
     * Returns {@code uri} with a signature in its query, which authorizes any bearer to {@code GET} it.
     *
     * @param life the validity from {@code at} on
     * @throws AwsFailure if {@link #refresh} has not succeeded yet
     */
    public String presigned(String region, String service, URI uri, Instant at, Duration life) {
        return new SignatureV4(credentials(), region, service, at)
                .presigned("GET", uri, life, SignatureV4.emptyDigest());
    }

    /**
     * Returns the headers that sign a request, to add to it.
     *
     * @param service the service in the signature's scope, such as {@code execute-api}
     * @param uri the address, with its path as sent on the wire
     * @param headers the headers of the request to include in the signature; {@code Host} is always included
     * @throws AwsFailure if {@link #refresh} has not succeeded yet
     */
    public Map<String, String> signed(
            String region,
            String service,
            String method,
            URI uri,
            Map<String, String> headers,
            byte[] body,
            Instant at) {
        return new SignatureV4(credentials(), region, service, at).headers(method, uri, headers, body);
    }

    private AwsCredentials fetched() {
        var keyId = text(KEY_ID);
        var secretKey = text(SECRET_KEY);
        if (keyId != null && secretKey != null) {
            return new AwsCredentials(keyId, secretKey, text(SESSION_TOKEN), null);
        }
        var uri = containerUri();
        if (uri == null) {
            throw new AwsFailure(
                    "there are no AWS credentials: neither " + KEY_ID + " nor " + FULL_URI + " is set", false);
        }
        var token = token();
        Map<String, String> headers = token == null ? Map.of() : Map.of("Authorization", token);
        return read(AwsHttp.send("the endpoint of the AWS credentials", uri, headers, null));
    }

    private @Nullable URI containerUri() {
        var relative = text(RELATIVE_URI);
        if (relative != null) {
            return uri(RELATIVE_URI, "http://169.254.170.2" + relative);
        }
        var full = text(FULL_URI);
        if (full == null) {
            return null;
        }
        var uri = uri(FULL_URI, full);
        if (!"https".equals(uri.getScheme()) && !NEAR.contains(uri.getHost())) {
            throw new AwsFailure(FULL_URI + " is neither https nor on this machine", false);
        }
        return uri;
    }

    private static URI uri(String name, String text) {
        try {
            var uri = URI.create(text);
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // Reported below, like a URI with another scheme.
        }
        throw new AwsFailure(name + " is malformed", false);
    }

    /** Reads the token from its file each time, because the file is replaced from time to time. */
    private @Nullable String token() {
        var file = text(TOKEN_FILE);
        if (file == null) {
            return text(TOKEN);
        }
        try {
            return Files.readString(Path.of(file)).strip();
        } catch (IOException e) {
            throw new AwsFailure(TOKEN_FILE + " names a file that cannot be read", false);
        }
    }

    private static AwsCredentials read(AwsHttp.Response response) {
        var members = response.members();
        var keyId = members.get("AccessKeyId");
        var secretKey = members.get("SecretAccessKey");
        if (response.status() != 200 || keyId == null || secretKey == null) {
            throw new AwsFailure(
                    "the endpoint of the AWS credentials replied with " + response.status() + " without any",
                    response.status() >= 500);
        }
        return new AwsCredentials(keyId, secretKey, members.get("Token"), expiration(members.get("Expiration")));
    }

    private static @Nullable Instant expiration(@Nullable String text) {
        try {
            return text == null ? null : Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw new AwsFailure("the endpoint of the AWS credentials returned a malformed expiration", false);
        }
    }

    private @Nullable String text(String name) {
        var value = environment.get(name);
        return value == null || value.isBlank() ? null : value.strip();
    }
}
