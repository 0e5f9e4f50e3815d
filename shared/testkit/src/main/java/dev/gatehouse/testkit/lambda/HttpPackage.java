// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.lambda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The package of an HTTP function as Maven has built it, and the events that API Gateway's HTTP API would send to it.
 *
 * @param zip the package, with classes at its root and jars in {@code lib/}
 */
public record HttpPackage(Path zip) {

    /** The API key of the caller in each {@link #event}. */
    public static final String KEY = "it-key";

    /** The tenant of that caller. */
    public static final String TENANT = "acme";

    private static final String HANDLER = "dev.gatehouse.lambda.HttpApiHandler";
    private static final Pattern NEEDLESS = Pattern.compile(
            "lib/(netty-codec-http|micronaut-http-server-netty|logback|"
                    + "swagger|embedded-redis|junit|micronaut-validation|micronaut-management|micrometer|prometheus|slf4j-simple).*");

    /** Returns the package of the tested module, which its build names. */
    public static HttpPackage underTest() {
        return new HttpPackage(Path.of(System.getProperty("gatehouse.package")));
    }

    /** Returns the names of its entries. */
    public List<String> entries() {
        try (var file = new ZipFile(zip.toFile())) {
            return file.stream().map(ZipEntry::getName).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the entries that a function does not need. */
    public List<String> needless() {
        return entries().stream().filter(NEEDLESS.asMatchPredicate()).toList();
    }

    /** Describes its function on that Redis, for the caller in each {@link #event}. */
    public FunctionSetup on(String redisUrl) {
        return on(redisUrl, HANDLER);
    }

    /** Describes the same function with the handler class {@code handler}. */
    public FunctionSetup on(String redisUrl, String handler) {
        return FunctionProcess.of(zip, handler)
                .env("REDIS_URL", redisUrl)
                // A busy machine loads the driver in more than the second that a decision has by default.
                .env("REDIS_CONNECTION_TIMEOUT", "5000")
                .env("REDIS_COMMAND_TIMEOUT", "1000")
                .env("GATEHOUSE_API_KEYS", TENANT + "=" + digest());
    }

    private static String digest() {
        try {
            var key = KEY.getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(key));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns a POST of the caller with {@link #KEY}. */
    public static String post(String path, String json) {
        return event("POST", path, json);
    }

    /** Returns a request of the caller with {@link #KEY}, in payload format 2.0. */
    public static String event(String method, String path, String json) {
        return event(method, path, "application/json", json, false);
    }

    /** Returns {@link #event(String, String, String)} with a content type that API Gateway treats as binary. */
    public static String binaryEvent(String method, String path, String contentType, String body) {
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        return event(method, path, contentType, Base64.getEncoder().encodeToString(bytes), true);
    }

    private static String event(String method, String path, String contentType, String body, boolean base64) {
        return """
                {
                  "version": "2.0", "routeKey": "$default", "rawPath": "%1$s", "rawQueryString": "",
                  "headers": {"content-type": "%3$s", "x-api-key": "%4$s", "host": "api.example",
                    "x-amzn-trace-id": "Root=1-5759e988-bd862e3fe1be46a994272793"},
                  "requestContext": {
                    "accountId": "123456789012", "apiId": "a1b2c3", "stage": "$default", "routeKey": "$default",
                    "requestId": "JKJaXmPLvHcESHA=", "timeEpoch": 1700000000000,
                    "http": {"method": "%2$s", "path": "%1$s", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1"}
                  },
                  "body": "%5$s", "isBase64Encoded": %6$s
                }""".formatted(
                path, method, contentType, KEY, body.replace("\\", "\\\\").replace("\"", "\\\""), base64);
    }
}
