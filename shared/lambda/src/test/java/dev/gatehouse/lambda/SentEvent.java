// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import io.micronaut.core.type.Argument;
import io.micronaut.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;

/** An event of an HTTP API in payload format 2.0, well-formed or not. */
final class SentEvent {

    /** The response to an event. */
    record LambdaResponse(int status, Map<String, String> headers, String body) {}

    private static final JsonMapper JSON = JsonMapper.createDefault();

    private final Map<String, Object> headers = new HashMap<>();
    private final Map<String, Object> context = new HashMap<>();
    private final Map<String, Object> members = new HashMap<>();

    private SentEvent(String method, String path, String body) {
        var http = new HashMap<String, Object>();
        http.put("method", method);
        http.put("path", path);
        context.put("requestId", "gateway-1");
        context.put("http", http);
        members.put("version", "2.0");
        members.put("headers", headers);
        members.put("body", body);
        members.put("isBase64Encoded", false);
        members.put("requestContext", context);
    }

    /** Returns an event with a JSON body from the caller with {@code key}. */
    static SentEvent of(String method, String path, String body, String key) {
        return new SentEvent(method, path, body).header("x-api-key", key).header("content-type", "application/json");
    }

    /** Sets a header; null, which no gateway sends, for a malformed event. */
    SentEvent header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    SentEvent withoutHeader(String name) {
        headers.remove(name);
        return this;
    }

    /** Replaces a member. */
    SentEvent with(String name, Object value) {
        members.put(name, value);
        return this;
    }

    /** Sets the domain and the stage that served the request. */
    SentEvent at(String domain, String stage) {
        context.put("domainName", domain);
        context.put("stage", stage);
        return this;
    }

    /** Sets the context of an authorizer of API Gateway. */
    SentEvent authorized(Map<String, Object> authorizer) {
        context.put("authorizer", authorizer);
        return this;
    }

    /** Returns the response of {@code function}. */
    LambdaResponse to(HttpApiHandler function, Context lambda) {
        try {
            return send(JSON.writeValueAsBytes(members), function, lambda);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    LambdaResponse to(HttpApiHandler function) {
        return to(function, null);
    }

    /** Returns the response of {@code function} to an event of these bytes. */
    static LambdaResponse send(byte[] event, HttpApiHandler function, Context lambda) {
        try {
            var out = new ByteArrayOutputStream();
            function.handleRequest(new ByteArrayInputStream(event), out, lambda);
            var answer = JSON.readValue(out.toByteArray(), Argument.mapOf(String.class, Object.class));
            @SuppressWarnings("unchecked")
            var response = (Map<String, String>) answer.get("headers");
            return new LambdaResponse(
                    ((Number) answer.get("statusCode")).intValue(), response, (String) answer.get("body"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return members.toString();
    }
}
