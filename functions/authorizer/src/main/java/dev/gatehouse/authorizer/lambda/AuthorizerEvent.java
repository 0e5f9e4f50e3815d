// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer.lambda;

import dev.gatehouse.authorizer.GatewayRequest;
import dev.gatehouse.lambda.EventJson;
import dev.gatehouse.ratelimit.LimitedSubject;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An authorizer event of type REQUEST, from each kind of API. */
sealed interface AuthorizerEvent {

    /** The ARN of a method, whose path may contain any character, including line ends. */
    Pattern METHOD_ARN =
            Pattern.compile("(arn:[^:/*?]+:execute-api:[^:/*?]*:[^:/*?]*:[^:/*?]+/[^:/*?]+)/.*", Pattern.DOTALL);

    /** Returns the form of response that the sender accepts, or most likely accepts. */
    ResponseFormat format();

    /** Returns the gateway's request id, 1 to 128 visible ASCII characters; null if it is missing or malformed. */
    @Nullable
    String requestId();

    /**
     * A well-formed event.
     *
     * @param resource the ARN of every method of the stage; {@code *} where no policy is returned
     * @param request the request to authorize
     */
    record Request(ResponseFormat format, @Nullable String requestId, String resource, GatewayRequest request)
            implements AuthorizerEvent {

        private static Request of(
                ResponseFormat format,
                @Nullable String requestId,
                String resource,
                @Nullable String path,
                String address,
                EventJson event) {
            boolean isSimple = format == ResponseFormat.SIMPLE;
            var context = event.object("requestContext");
            var method = isSimple ? context.object("http").text("method") : event.text("httpMethod");
            return new Request(
                    format,
                    requestId,
                    resource,
                    new GatewayRequest(
                            // Only a handshake has none.
                            method == null ? GatewayRequest.CONNECT : method,
                            path,
                            name -> headers(event, name),
                            // In addition to those in the headers.
                            isSimple ? event.texts("cookies") : List.of(),
                            address));
        }

        /** Returns all values of a header, whose name is case-insensitive. Gateways may send it in either member. */
        private static List<String> headers(EventJson json, String name) {
            var values = values(json.object("multiValueHeaders"), name);
            return values.isEmpty() ? values(json.object("headers"), name) : values;
        }

        private static List<String> values(EventJson headers, String name) {
            var values = new ArrayList<String>();
            for (var each : headers.members().keySet()) {
                if (each.equalsIgnoreCase(name)) {
                    values.addAll(headers.texts(each));
                }
            }
            return values;
        }
    }

    /**
     * A malformed event.
     *
     * @param problem the reason, which quotes nothing of the event
     */
    record Malformed(ResponseFormat format, @Nullable String requestId, String problem) implements AuthorizerEvent {}

    /**
     * Reads an event.
     *
     * @param paths reads its path
     */
    static AuthorizerEvent read(byte[] bytes, EventPath paths) {
        var event = EventJson.read(bytes);
        if (event == null) {
            return new Malformed(ResponseFormat.SIMPLE, null, "it is no JSON object");
        }
        var format = format(event);
        var context = event.object("requestContext");
        var requestId = requestId(context);
        var problem = problem(event);
        if (problem != null) {
            return new Malformed(format, requestId, problem);
        }
        var resource = format == ResponseFormat.SIMPLE ? "*" : stage(event.text("methodArn"));
        if (resource == null) {
            return new Malformed(format, requestId, "its methodArn is none");
        }
        var source = context.object(format == ResponseFormat.SIMPLE ? "http" : "identity");
        var address = source.text("sourceIp");
        return address == null || !LimitedSubject.isSubject(address)
                ? new Malformed(format, requestId, "it has no address")
                : Request.of(format, requestId, resource, paths.read(format, event), address, event);
    }

    private static ResponseFormat format(EventJson event) {
        return switch (event.text("version")) {
            case "1.0" -> ResponseFormat.POLICY;
            // Events of REST and WebSocket APIs have no version.
            case null -> event.has("methodArn") ? ResponseFormat.POLICY_OR_FAILURE : ResponseFormat.SIMPLE;
            default -> ResponseFormat.SIMPLE;
        };
    }

    private static @Nullable String problem(EventJson event) {
        var version = event.text("version");
        if (version == null && event.has("version")) {
            return "its version is no text";
        }
        if (version == null && !event.has("methodArn")) {
            return "it has neither a version nor a methodArn";
        }
        if (version != null && !version.equals("1.0") && !version.equals("2.0")) {
            return "its version is not known here";
        }
        return "REQUEST".equals(event.text("type")) ? null : "its type is not REQUEST";
    }

    /**
     * Returns the ARN of every method of the stage; null if {@code methodArn} is not the ARN of a method. API Gateway
     * caches a policy for all requests of a caller, so a policy for one method would deny the others.
     */
    private static @Nullable String stage(@Nullable String methodArn) {
        var arn = methodArn == null ? null : METHOD_ARN.matcher(methodArn);
        return arn != null && arn.matches() ? arn.group(1) + "/*" : null;
    }

    /** Returns the id for the log; null if it could break a log line. */
    private static @Nullable String requestId(EventJson context) {
        var id = context.text("requestId");
        return id != null && id.matches("[!-~]{1,128}") ? id : null;
    }
}
