// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.aws;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads secrets from AWS Secrets Manager. {@code AWS_ENDPOINT_URL_SECRETS_MANAGER} or {@code AWS_ENDPOINT_URL} replaces the
 * default endpoint.
 */
public final class SecretsManager {

    private static final Pattern ARN =
            Pattern.compile("arn:(aws[a-z-]*):secretsmanager:([a-z0-9-]+):\\d{12}:secret:[A-Za-z0-9/_+=.@-]+");

    /** The name of an AWS error, with or without a prefix. The error message is not used, because it quotes the caller. */
    private static final Pattern ERROR = Pattern.compile("(?:.*#)?([A-Za-z]{1,64})(?::.*)?");

    private static final String SERVER = "Secrets Manager";

    private final AwsIdentity identity;
    private final @Nullable String endpoint;

    private SecretsManager(AwsIdentity identity, @Nullable String endpoint) {
        this.identity = identity;
        this.endpoint = endpoint;
    }

    /** Returns a client for {@code identity} and the endpoint in {@code environment}. */
    public static SecretsManager of(AwsIdentity identity, Map<String, String> environment) {
        var own =
                environment.getOrDefault("AWS_ENDPOINT_URL_SECRETS_MANAGER", "").strip();
        var all = environment.getOrDefault("AWS_ENDPOINT_URL", "").strip();
        return new SecretsManager(identity, !own.isEmpty() ? own : all.isEmpty() ? null : all);
    }

    /** Returns whether {@code text} is the ARN of a secret. */
    public static boolean isArn(String text) {
        return ARN.matcher(text).matches();
    }

    /**
     * Returns the current text of the secret, or its {@code member} if the text is a JSON object. Blocks for some seconds
     * at most, and retries once if that may succeed.
     *
     * @param arn an ARN accepted by {@link #isArn}
     * @throws AwsFailure if the secret cannot be read, or contains no such text
     */
    public String text(String arn, String member) {
        var text = text(arn).strip();
        if (!text.startsWith("{")) {
            return text;
        }
        var inside = AwsHttp.members(text.getBytes(StandardCharsets.UTF_8)).get(member);
        if (inside == null) {
            throw new AwsFailure("the secret is JSON without a member " + member, false);
        }
        return inside.strip();
    }

    private String text(String arn) {
        try {
            return read(arn);
        } catch (AwsFailure e) {
            if (e.isPassing()) {
                return read(arn);
            }
            throw e;
        }
    }

    private String read(String arn) {
        var named = ARN.matcher(arn);
        if (!named.matches()) {
            throw new IllegalArgumentException("not the ARN of a secret");
        }
        var region = named.group(2);
        var uri = endpoint(named.group(1), region);
        // No character of an ARN needs an escape in JSON.
        var body = ("{\"SecretId\":\"" + arn + "\"}").getBytes(StandardCharsets.UTF_8);
        var headers = new HashMap<>(
                Map.of("Content-Type", "application/x-amz-json-1.1", "X-Amz-Target", "secretsmanager.GetSecretValue"));
        identity.refresh();
        headers.putAll(new SignatureV4(identity.credentials(), region, "secretsmanager", Instant.now())
                .headers("POST", uri, headers, body));
        return textOf(AwsHttp.send(SERVER, uri, headers, body));
    }

    private URI endpoint(String partition, String region) {
        if (endpoint == null) {
            var suffix = partition.equals("aws-cn") ? "amazonaws.com.cn" : "amazonaws.com";
            return URI.create("https://secretsmanager." + region + "." + suffix + "/");
        }
        try {
            return URI.create(endpoint.endsWith("/") ? endpoint : endpoint + "/");
        } catch (IllegalArgumentException e) {
            throw new AwsFailure("the endpoint of " + SERVER + " is malformed", false);
        }
    }

    private static String textOf(AwsHttp.Response response) {
        var members = response.members();
        if (response.status() != 200) {
            var error = ERROR.matcher(members.getOrDefault("__type", ""));
            var name = error.matches() ? error.group(1) : "status " + response.status();
            throw new AwsFailure(
                    SERVER + " replied with " + name,
                    response.status() >= 500 || name.toLowerCase(Locale.ROOT).contains("throttl"));
        }
        var text = members.get("SecretString");
        if (text == null) {
            throw new AwsFailure(SERVER + " has no text for that secret", false);
        }
        return text;
    }
}
