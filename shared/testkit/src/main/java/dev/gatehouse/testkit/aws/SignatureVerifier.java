// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.aws;

import com.sun.net.httpserver.HttpExchange;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Verifies AWS Signature Version 4 of posted requests, by an implementation of its own. The requests must be signed by {@link
 * #CREDENTIALS}, which are temporary.
 */
public final class SignatureVerifier {

    private static final String KEY_ID = "AKIDEXAMPLE";
    private static final String SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    private static final String TOKEN = "to/ken+=";

    /** The credentials, as environment variables. */
    public static final Map<String, String> CREDENTIALS =
            Map.of("AWS_ACCESS_KEY_ID", KEY_ID, "AWS_SECRET_ACCESS_KEY", SECRET, "AWS_SESSION_TOKEN", TOKEN);

    private final String region;
    private final String service;
    private final Pattern authorization;

    /** Creates a verifier of requests to a service in a region. */
    public SignatureVerifier(String region, String service) {
        this.region = region;
        this.service = service;
        authorization = Pattern.compile("AWS4-HMAC-SHA256 Credential=" + KEY_ID + "/(\\d{8})/" + region + "/" + service
                + "/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})");
    }

    /** Returns the reason why AWS would refuse the request; empty if its signature is right. */
    public Optional<String> problem(HttpExchange exchange, byte[] body) {
        var headers = exchange.getRequestHeaders();
        var matcher = authorization.matcher(String.valueOf(headers.getFirst("Authorization")));
        if (!matcher.matches() || !TOKEN.equals(headers.getFirst("X-Amz-Security-Token"))) {
            return Optional.of("unsigned");
        }
        var names = matcher.group(2);
        if (!List.of(names.split(";")).containsAll(List.of("host", "x-amz-date", "x-amz-security-token"))) {
            return Optional.of("too few signed headers");
        }
        var canonical = String.join(
                "\n",
                exchange.getRequestMethod(),
                encoded(exchange.getRequestURI().getRawPath()),
                "",
                Arrays.stream(names.split(";"))
                        .map(name -> name + ":" + headers.getFirst(name).strip() + "\n")
                        .collect(Collectors.joining()),
                names,
                hex(sha256(body)));
        var date = matcher.group(1);
        var text = String.join(
                "\n",
                "AWS4-HMAC-SHA256",
                headers.getFirst("X-Amz-Date"),
                date + "/" + region + "/" + service + "/aws4_request",
                hex(sha256(canonical.getBytes(StandardCharsets.UTF_8))));
        var key = ("AWS4" + SECRET).getBytes(StandardCharsets.UTF_8);
        for (var part : List.of(date, region, service, "aws4_request", text)) {
            key = hmac(key, part);
        }
        return hex(key).equals(matcher.group(3)) ? Optional.empty() : Optional.of("wrong signature");
    }

    private static String encoded(String path) {
        return IntStream.range(0, path.length())
                .mapToObj(i -> String.valueOf(path.charAt(i)))
                .map(one -> one.matches("[A-Za-z0-9/._~-]") ? one : "%%%02X".formatted((int) one.charAt(0)))
                .collect(Collectors.joining());
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
