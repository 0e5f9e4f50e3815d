package dev.gatehouse.idempotency.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.gatehouse.idempotency.Response;
import dev.gatehouse.idempotency.ResponseBody;
import dev.gatehouse.idempotency.ResponseHeader;
import dev.gatehouse.web.JsonBody;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A response as it stands in a body, given and told alike. */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.ALWAYS)
@Schema(
        name = "StoredResponse",
        description = "The result of the work.",
        additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
record ResponseMember(
        @Schema(example = "201", minimum = "100", maximum = "599", requiredMode = Schema.RequiredMode.REQUIRED)
        int status,

        @Schema(
                description = "Each name with its value, or with an array of its values.",
                example = "{\"Content-Type\": \"application/json\"}",
                additionalProperties = Schema.AdditionalPropertiesValue.TRUE)
        Map<String, Object> headers,

        @Schema(description = "Told as it was given, byte for byte.", example = "{\"id\":7}", defaultValue = "")
        String body,

        @Schema(
                description = "Whether body is the text itself or bytes in base64.",
                pattern = "^(utf8|base64)$",
                defaultValue = "utf8")
        String bodyEncoding) {

    private static final String BASE64 = "base64";
    private static final String UTF8 = "utf8";

    /** A response as it was given, of which the domain has not said yet whether it can be. */
    record Given(int status, Map<String, List<String>> headers, ResponseBody body) {

        Response toResponse() {
            var all = new ArrayList<ResponseHeader>();
            headers.forEach((name, values) -> values.forEach(value -> all.add(new ResponseHeader(name, value))));
            return new Response(status, all, body);
        }
    }

    static @Nullable Given readFrom(JsonBody fields) {
        var status = fields.whole("status");
        var headers = fields.texts("headers");
        var body = fields.has("body") ? fields.text("body") : "";
        boolean base64 = fields.word("bodyEncoding", Map.of(UTF8, false, BASE64, true), false);
        return fields.make(() -> {
            if (!base64) {
                return new Given(Math.clamp(status, 0, 1000), headers, ResponseBody.of(body));
            }
            try {
                var bytes = Base64.getDecoder().decode(body);
                return new Given(Math.clamp(status, 0, 1000), headers, ResponseBody.of(bytes));
            } catch (IllegalArgumentException e) {
                fields.refuse("body", "must be base64, as bodyEncoding says");
                return null;
            }
        });
    }

    static ResponseMember of(Response response) {
        var body = response.body();
        return new ResponseMember(
                response.status(),
                headers(response.headers()),
                body.isText() ? body.text() : Base64.getEncoder().encodeToString(body.bytes()),
                body.isText() ? UTF8 : BASE64);
    }

    /** Under the first spelling of each name; a single value stands alone. */
    private static Map<String, Object> headers(List<ResponseHeader> headers) {
        var values = new LinkedHashMap<String, List<String>>();
        var spelling = new LinkedHashMap<String, String>();
        for (var header : headers) {
            var name = spelling.computeIfAbsent(header.name().toLowerCase(Locale.ROOT), _ -> header.name());
            values.computeIfAbsent(name, _ -> new ArrayList<>()).add(header.value());
        }
        var told = new LinkedHashMap<String, Object>();
        values.forEach((name, all) -> told.put(name, all.size() == 1 ? all.getFirst() : all));
        return told;
    }
}
