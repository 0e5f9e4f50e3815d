// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.gatehouse.idempotency.Response;
import dev.gatehouse.idempotency.ResponseHeader;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A stored result.
 *
 * @param headers each name with its value, or with an array of its values
 * @param body the body, byte for byte
 * @param bodyEncoding whether body is text, or bytes in base64
 */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.ALWAYS)
record ReplayedResult(
        int status,

        @Schema(
                example = "{\"Content-Type\": \"application/json\"}",
                additionalProperties = Schema.AdditionalPropertiesValue.TRUE)
        Map<String, Object> headers,

        String body,

        @Schema(
                type = "string",
                allowableValues = {"utf8", "base64"})
        String bodyEncoding) {

    static ReplayedResult of(Response response) {
        var body = response.body();
        return new ReplayedResult(
                response.status(),
                headers(response.headers()),
                body.isText() ? body.text() : Base64.getEncoder().encodeToString(body.bytes()),
                body.isText() ? "utf8" : "base64");
    }

    /** Uses the first spelling of each name; a single value stands alone. */
    private static Map<String, Object> headers(List<ResponseHeader> headers) {
        var values = new LinkedHashMap<String, List<String>>();
        var spelling = new LinkedHashMap<String, String>();
        for (var header : headers) {
            var name = spelling.computeIfAbsent(header.name().toLowerCase(Locale.ROOT), _ -> header.name());
            values.computeIfAbsent(name, _ -> new ArrayList<>()).add(header.value());
        }
        var written = new LinkedHashMap<String, Object>();
        values.forEach((name, all) -> written.put(name, all.size() == 1 ? all.getFirst() : all));
        return written;
    }
}
