// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.aws;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Sends single requests with JSON responses. Uses {@link HttpURLConnection}: a cold start loads a third of the classes
 * that the newer client needs.
 */
final class AwsHttp {

    private static final int CONNECT_MILLIS = 1_000;
    private static final int READ_MILLIS = 2_000;

    /** A secret has at most 64 KiB, and JSON may escape each character. */
    private static final int MAX_BYTES = 512 * 1_024;

    private static final JsonFactory JSON = new JsonFactory();

    /** @param members the string members of the body; empty if it is not a JSON object */
    record Response(int status, Map<String, String> members) {}

    private AwsHttp() {}

    /**
     * Sends a request and blocks until the response. The connect timeout is one second, the read timeout two.
     *
     * @param server the name of the server in error messages
     * @param body the body of a POST; null for a GET
     * @throws AwsFailure if there is no response, or a larger one than a secret needs
     */
    static Response send(String server, URI uri, Map<String, String> headers, byte @Nullable [] body) {
        try {
            var connection = (HttpURLConnection) uri.toURL().openConnection();
            try {
                connection.setConnectTimeout(CONNECT_MILLIS);
                connection.setReadTimeout(READ_MILLIS);
                connection.setInstanceFollowRedirects(false);
                connection.setUseCaches(false);
                headers.forEach(connection::setRequestProperty);
                if (body != null) {
                    connection.setRequestMethod("POST");
                    connection.setDoOutput(true);
                    connection.setFixedLengthStreamingMode(body.length);
                    try (var out = connection.getOutputStream()) {
                        out.write(body);
                    }
                }
                return response(server, connection);
            } finally {
                connection.disconnect();
            }
        } catch (IOException e) {
            throw new AwsFailure(server + " " + reason(e), true);
        }
    }

    private static Response response(String server, HttpURLConnection connection) throws IOException {
        int status = connection.getResponseCode();
        try (var in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            var body = in == null ? new byte[0] : in.readNBytes(MAX_BYTES + 1);
            if (body.length > MAX_BYTES) {
                throw new AwsFailure(server + " returned more than a secret can hold", false);
            }
            return new Response(status, members(body));
        }
    }

    /** Returns the string members of a JSON object; empty if {@code json} is not an object. */
    static Map<String, String> members(byte[] json) {
        var members = new HashMap<String, String>();
        try (var parser = JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return Map.of();
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                var name = parser.currentName();
                if (parser.nextToken() == JsonToken.VALUE_STRING) {
                    members.put(name, parser.getText());
                } else {
                    parser.skipChildren();
                }
            }
            return members;
        } catch (IOException e) {
            // Dropped: the parser's message quotes the input.
            return Map.of();
        }
    }

    /** Describes the failure without the exception's message, which may quote the request. */
    private static String reason(IOException failure) {
        return switch (failure) {
            case SocketTimeoutException _ -> "did not reply in time";
            case UnknownHostException _ -> "has an unknown host name";
            case SSLException _ -> "failed in the TLS handshake";
            default -> "cannot be reached";
        };
    }
}
