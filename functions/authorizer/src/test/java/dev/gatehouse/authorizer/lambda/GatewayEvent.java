// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer.lambda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Events of API Gateway as AWS documents them, each with a bearer token in its headers. */
enum GatewayEvent {
    HTTP_API("http-api-2.0"),
    HTTP_API_BY_POLICY("http-api-1.0"),
    REST_API("rest-api"),
    WEB_SOCKET("websocket-connect");

    private final String text;

    GatewayEvent(String name) {
        try (var file = GatewayEvent.class.getResourceAsStream(name + ".json")) {
            text = new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the event with {@code token}. */
    String with(String token) {
        return text.replace("${token}", token);
    }

    /** Returns the event with another name and value of the header with the token. */
    String withHeader(String name, String value) {
        return text.replaceAll("(?i)\"authorization\"", "\"" + name + "\"").replace("Bearer ${token}", value);
    }

    /** Returns the event without its token, with another method unless it is a handshake, and with more headers. */
    String with(String method, Map<String, String> headers) {
        var event = withHeader("X-Unused", "x").replaceAll("(\"(httpM|m)ethod\": )\"[A-Z]+\"", "$1\"" + method + "\"");
        for (var header : headers.entrySet()) {
            var name = "\"" + header.getKey() + "\": ";
            var value = "\"" + header.getValue() + "\"";
            event = event.replace("\"headers\": {", "\"headers\": {" + name + value + ",")
                    .replace("\"multiValueHeaders\": {", "\"multiValueHeaders\": {" + name + "[" + value + "],");
        }
        return event;
    }

    byte[] bytes(String token) {
        return with(token).getBytes(StandardCharsets.UTF_8);
    }
}
