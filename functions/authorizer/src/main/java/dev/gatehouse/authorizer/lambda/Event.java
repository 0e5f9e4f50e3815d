package dev.gatehouse.authorizer.lambda;

import dev.gatehouse.authorizer.Gate;
import dev.gatehouse.lambda.EventJson;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An authorizer event of type REQUEST, in each of the forms that API Gateway sends. */
sealed interface Event {

    /** Returns the gateway's request id, 1 to 128 visible ASCII characters; null if it is missing or malformed. */
    @Nullable
    String requestId();

    /**
     * The caller of a request.
     *
     * @param cookies the cookies in addition to those in the headers
     * @param address the address that the gateway sees
     */
    record Caller(
            Headers headers,
            List<String> cookies,
            String address,
            @Nullable String requestId) {}

    /** A well-formed request. */
    sealed interface Request extends Event permits HttpApi, HttpApiByPolicy, RestApi, WebSocketConnect {
        Caller caller();

        @Override
        default @Nullable String requestId() {
            return caller().requestId;
        }
    }

    /** HTTP API, payload format 2.0, which accepts simple responses. */
    record HttpApi(Caller caller) implements Request {}

    /** HTTP API, payload format 1.0, which accepts policies. */
    record HttpApiByPolicy(Caller caller, MethodArn arn) implements Request {}

    /** REST API. */
    record RestApi(Caller caller, MethodArn arn) implements Request {}

    /** WebSocket API, on {@code $connect}, the only event that it authorizes. */
    record WebSocketConnect(Caller caller, MethodArn arn) implements Request {}

    /**
     * An event of no known form.
     *
     * @param answer the form of denial that the sender most likely accepts
     * @param why the reason, which quotes nothing of the event
     */
    record Malformed(Form answer, String why, @Nullable String requestId) implements Event {}

    /** The form in which API Gateway accepts a denial. */
    enum Form {
        SIMPLE,
        POLICY,
        FAILURE
    }

    static Event read(byte[] bytes) {
        var event = EventJson.read(bytes);
        if (event == null) {
            return new Malformed(Form.SIMPLE, "it is no JSON object", null);
        }
        var version = event.text("version");
        if (version == null) {
            return event.has("version") ? malformed(event, "its version is no text") : unversioned(event);
        }
        return switch (version) {
            case "2.0" -> httpApi(event);
            case "1.0" -> byPolicy(event, Form.POLICY);
            default -> malformed(event, "its version is not known here");
        };
    }

    private static Event httpApi(EventJson event) {
        var address = event.object("requestContext").object("http").text("sourceIp");
        if (!"REQUEST".equals(event.text("type"))) {
            return malformed(event, "its type is not REQUEST");
        }
        return address == null || !Gate.canBeAddress(address)
                ? malformed(event, "it has no address")
                : new HttpApi(caller(event, event.texts("cookies"), address));
    }

    /** Reads an event of a REST or WebSocket API, which has no version. */
    private static Event unversioned(EventJson event) {
        return event.has("methodArn")
                ? byPolicy(event, Form.FAILURE)
                : malformed(event, "it has neither a version nor a methodArn");
    }

    private static Event byPolicy(EventJson event, Form form) {
        var context = event.object("requestContext");
        var address = context.object("identity").text("sourceIp");
        var arn = MethodArn.parse(event.text("methodArn"));
        if (!"REQUEST".equals(event.text("type"))) {
            return malformed(event, "its type is not REQUEST");
        }
        if (arn == null) {
            return malformed(event, "its methodArn is none");
        }
        if (address == null || !Gate.canBeAddress(address)) {
            return malformed(event, "it has no address");
        }
        var caller = caller(event, List.of(), address);
        if (form == Form.POLICY) {
            return new HttpApiByPolicy(caller, arn);
        }
        return "CONNECT".equals(context.text("eventType"))
                ? new WebSocketConnect(caller, arn)
                : new RestApi(caller, arn);
    }

    private static Caller caller(EventJson event, List<String> cookies, String address) {
        return new Caller(Headers.of(event), cookies, address, requestId(event));
    }

    private static Malformed malformed(EventJson event, String why) {
        var form =
                switch (event.text("version")) {
                    case "1.0" -> Form.POLICY;
                    case null -> event.has("methodArn") ? Form.FAILURE : Form.SIMPLE;
                    default -> Form.SIMPLE;
                };
        return new Malformed(form, why, requestId(event));
    }

    /** Returns the id for the log; null if it could break a log line. */
    private static @Nullable String requestId(EventJson event) {
        var id = event.object("requestContext").text("requestId");
        return id != null && id.matches("[!-~]{1,128}") ? id : null;
    }
}
