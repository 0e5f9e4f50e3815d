// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.aws;

import dev.gatehouse.codec.Sha256;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs requests with AWS Signature Version 4. Paths must be as sent on the wire; a signature has them encoded once more, as all
 * services but S3 require.
 *
 * @param service the service in the signature's scope, such as {@code secretsmanager}
 * @param at the time of the signature
 */
record SignatureV4(AwsCredentials credentials, String region, String service, Instant at) {

    private static final String ALGORITHM = "AWS4-HMAC-SHA256";
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("yyyyMMdd", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter SECOND =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    /**
     * Returns the headers to add to the request to sign it.
     *
     * @param headers the headers of the request to include in the signature; {@code Host} is always included
     */
    Map<String, String> headers(String method, URI uri, Map<String, String> headers, byte[] body) {
        var added = new TreeMap<>(Map.of("X-Amz-Date", SECOND.format(at)));
        if (credentials.sessionToken() != null) {
            added.put("X-Amz-Security-Token", credentials.sessionToken());
        }
        var signed = new TreeMap<>(Map.of("host", uri.getRawAuthority()));
        headers.forEach((name, value) -> signed.put(name.toLowerCase(Locale.ROOT), value.strip()));
        added.forEach((name, value) -> signed.put(name.toLowerCase(Locale.ROOT), value));
        var signature = signature(request(method, uri, query(uri), signed, hex(Sha256.of(body))));
        added.put(
                "Authorization",
                "%s Credential=%s/%s, SignedHeaders=%s, Signature=%s"
                        .formatted(ALGORITHM, credentials.accessKeyId(), scope(), names(signed), signature));
        return added;
    }

    /**
     * Returns the URI with a signature in its query. It is valid for {@code life} and authorizes any bearer to send the
     * request.
     *
     * @param life the validity from {@code at} on
     * @param bodyDigest the digest of the body in hexadecimal
     */
    String presigned(String method, URI uri, Duration life, String bodyDigest) {
        var signed = new TreeMap<>(Map.of("host", uri.getRawAuthority()));
        var query = query(uri);
        query.put("X-Amz-Algorithm", ALGORITHM);
        query.put("X-Amz-Credential", encoded(credentials.accessKeyId() + "/" + scope()));
        query.put("X-Amz-Date", SECOND.format(at));
        query.put("X-Amz-Expires", Long.toString(life.toSeconds()));
        query.put("X-Amz-SignedHeaders", "host");
        if (credentials.sessionToken() != null) {
            query.put("X-Amz-Security-Token", encoded(credentials.sessionToken()));
        }
        var signature = signature(request(method, uri, query, signed, bodyDigest));
        return uri.getScheme() + "://" + uri.getRawAuthority() + path(uri) + "?" + joined(query, "=", "&")
                + "&X-Amz-Signature=" + signature;
    }

    /** Returns the digest of an empty body in hexadecimal. */
    static String emptyDigest() {
        return hex(Sha256.of(new byte[0]));
    }

    private static String request(
            String method,
            URI uri,
            SortedMap<String, String> query,
            SortedMap<String, String> signed,
            String bodyDigest) {
        return String.join(
                "\n",
                method,
                encodedPath(uri),
                joined(query, "=", "&"),
                joined(signed, ":", "\n") + "\n",
                names(signed),
                bodyDigest);
    }

    private String signature(String request) {
        var text = String.join(
                "\n", ALGORITHM, SECOND.format(at), scope(), hex(Sha256.of(request.getBytes(StandardCharsets.UTF_8))));
        var key = ("AWS4" + credentials.secretAccessKey()).getBytes(StandardCharsets.UTF_8);
        for (var part : new String[] {DAY.format(at), region, service, "aws4_request"}) {
            key = hmac(key, part);
        }
        return hex(hmac(key, text));
    }

    private String scope() {
        return String.join("/", DAY.format(at), region, service, "aws4_request");
    }

    private static String path(URI uri) {
        return uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    }

    private static String encodedPath(URI uri) {
        return Arrays.stream(path(uri).split("/", -1)).map(SignatureV4::encoded).collect(Collectors.joining("/"));
    }

    /** Returns the query parameters, sorted and encoded for a signature. Names must be unique. */
    private static SortedMap<String, String> query(URI uri) {
        var parameters = new TreeMap<String, String>();
        var query = uri.getQuery();
        if (query != null && !query.isEmpty()) {
            for (var parameter : query.split("&", -1)) {
                int equals = parameter.indexOf('=');
                parameters.put(
                        encoded(equals < 0 ? parameter : parameter.substring(0, equals)),
                        equals < 0 ? "" : encoded(parameter.substring(equals + 1)));
            }
        }
        return parameters;
    }

    private static String joined(SortedMap<String, String> pairs, String between, String separator) {
        return pairs.entrySet().stream()
                .map(pair -> pair.getKey() + between + pair.getValue())
                .collect(Collectors.joining(separator));
    }

    private static String names(SortedMap<String, String> signed) {
        return String.join(";", signed.keySet());
    }

    /** Percent-encodes {@code text} by RFC 3986, which URLEncoder does not follow. */
    private static String encoded(String text) {
        var encoded = new StringBuilder();
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            var character = (char) (octet & 0xFF);
            if (character < 0x80 && (Character.isLetterOrDigit(character) || "-._~".indexOf(character) >= 0)) {
                encoded.append(character);
            } else {
                encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits(octet));
            }
        }
        return encoded.toString();
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java has HmacSHA256", e);
        }
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
