// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.lambda;

import dev.gatehouse.lambda.EventJson;
import dev.gatehouse.realtime.presence.MemberConnection;
import dev.gatehouse.realtime.socket.SocketUser;
import dev.gatehouse.validation.InvalidArgument;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An event of a WebSocket API. */
sealed interface WebSocketEvent {

    /** Returns the gateway's request id, 1 to 128 visible ASCII characters; null if it is missing or malformed. */
    @Nullable
    String requestId();

    /** Returns the name of the predefined route, which metrics are tagged with. */
    String route();

    /** An event of a user. */
    sealed interface OfUser extends WebSocketEvent {

        SocketUser user();

        /**
         * Returns the URL of the management API, without a slash at its end; null if the event has none that belongs to API
         * Gateway.
         */
        @Nullable
        String endpoint();
    }

    /** A WebSocket is to be opened. */
    record Connected(
            @Nullable String requestId,
            SocketUser user,
            @Nullable String endpoint) implements OfUser {

        @Override
        public String route() {
            return "$connect";
        }
    }

    /** A WebSocket was closed. */
    record Disconnected(
            @Nullable String requestId,
            SocketUser user,
            @Nullable String endpoint) implements OfUser {

        @Override
        public String route() {
            return "$disconnect";
        }
    }

    /** A message of a client. */
    record Message(
            @Nullable String requestId,
            SocketUser user,
            @Nullable String endpoint,
            String text) implements OfUser {

        @Override
        public String route() {
            return "$default";
        }

        /** Leaves out the content, which belongs to the client. */
        @Override
        public String toString() {
            return "Message[…]";
        }
    }

    /** An event without a user: no authorizer stands before {@code $connect}, or it admits requests without a session. */
    record Anonymous(@Nullable String requestId, String route) implements WebSocketEvent {}

    /**
     * A malformed event.
     *
     * @param problem the reason, which quotes nothing of the event
     */
    record Malformed(@Nullable String requestId, String problem) implements WebSocketEvent {

        @Override
        public String route() {
            return "none";
        }
    }

    /** The own domain of an API. The signed requests must not reach another host. */
    Pattern DOMAIN = Pattern.compile("[a-z0-9]{1,32}\\.execute-api\\.[a-z0-9-]{1,32}\\.amazonaws\\.com(\\.cn)?");

    Pattern STAGE = Pattern.compile("[A-Za-z0-9_-]{1,128}");

    Pattern TENANT = Pattern.compile("[a-z0-9][a-z0-9-]{0,31}");

    Pattern REQUEST_ID = Pattern.compile("[!-~]{1,128}");

    /** Reads an event. Its type decides, because a client's message may name any route. */
    static WebSocketEvent read(byte[] bytes) {
        var event = EventJson.read(bytes);
        if (event == null) {
            return new Malformed(null, "it is no JSON object");
        }
        var context = event.object("requestContext");
        var requestId = matching(REQUEST_ID, context.text("requestId"));
        var type = context.text("eventType");
        var route =
                switch (type) {
                    case "CONNECT" -> "$connect";
                    case "DISCONNECT" -> "$disconnect";
                    case "MESSAGE" -> "$default";
                    case null, default -> null;
                };
        if (route == null) {
            return new Malformed(requestId, "its eventType is unknown");
        }
        var connectionId = context.text("connectionId");
        if (connectionId == null) {
            return new Malformed(requestId, "it has no connectionId");
        }
        var authorizer = context.object("authorizer");
        var tenant = matching(TENANT, authorizer.text("tenant"));
        var userId = authorizer.text("userId");
        if (tenant == null || userId == null) {
            return new Anonymous(requestId, route);
        }
        SocketUser user;
        try {
            user = new SocketUser(tenant, new MemberConnection(userId, connectionId));
        } catch (InvalidArgument invalid) {
            return new Malformed(requestId, "its " + invalid.field() + " is malformed");
        }
        var endpoint = endpoint(context);
        return switch (route) {
            case "$connect" -> new Connected(requestId, user, endpoint);
            case "$disconnect" -> new Disconnected(requestId, user, endpoint);
            default -> {
                var text = body(event);
                yield text == null
                        ? new Malformed(requestId, "its body is malformed")
                        : new Message(requestId, user, endpoint, text);
            }
        };
    }

    private static @Nullable String endpoint(EventJson context) {
        var domain = matching(DOMAIN, context.text("domainName"));
        var stage = matching(STAGE, context.text("stage"));
        return domain == null || stage == null ? null : "https://" + domain + "/" + stage;
    }

    private static @Nullable String body(EventJson event) {
        var body = event.text("body");
        if (body == null || !event.isTrue("isBase64Encoded")) {
            return body == null ? "" : body;
        }
        try {
            return new String(Base64.getDecoder().decode(body), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    private static @Nullable String matching(Pattern pattern, @Nullable String text) {
        return text != null && pattern.matcher(text).matches() ? text : null;
    }
}
