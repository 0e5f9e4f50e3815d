// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.http;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.NOT_REQUIRED;

import dev.gatehouse.idempotency.Response;
import dev.gatehouse.idempotency.ResponseBody;
import dev.gatehouse.idempotency.ResponseHeader;
import dev.gatehouse.web.json.JsonRecord;
import dev.gatehouse.web.json.JsonValue;
import dev.gatehouse.web.json.Validatable;
import dev.gatehouse.web.json.ViolationCollector;
import io.micronaut.core.bind.annotation.Bindable;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The result of work.
 *
 * @param headers each name with its value, or with an array of its values
 * @param body replayed byte for byte
 * @param bodyEncoding whether body is text, or bytes in base64
 */
@JsonRecord
record ResultRequest(
        @Min(100) @Max(599) int status,

        @Schema(ref = "#/components/schemas/ResultHeaders") @Nullable
        Map<String, JsonValue> headers,

        @Schema(requiredMode = NOT_REQUIRED, nullable = true) @Bindable(defaultValue = "")
        String body,

        @Schema(
                type = "string",
                allowableValues = {"utf8", "base64"},
                requiredMode = NOT_REQUIRED,
                nullable = true)
        @Bindable(defaultValue = "utf8")
        @Pattern(regexp = "^(utf8|base64)$", message = "must be one of: base64, utf8")
        String bodyEncoding)
        implements Validatable {

    private static final int MAX_SHOWN = 64;

    @Override
    public void validate(ViolationCollector violations) {
        if (headers != null) {
            headers.forEach((name, value) -> {
                if (values(value).stream().anyMatch(each -> !(each instanceof JsonValue.Text))) {
                    var shown = name.length() <= MAX_SHOWN ? name : name.substring(0, MAX_SHOWN) + "…";
                    violations.add("headers." + shown, "must be a string or an array of strings");
                }
            });
        }
        if (isBase64()) {
            try {
                var _ = Base64.getDecoder().decode(body);
            } catch (IllegalArgumentException e) {
                violations.add("body", "must be base64 according to bodyEncoding");
            }
        }
    }

    Response toResponse() {
        var all = new ArrayList<ResponseHeader>();
        if (headers != null) {
            headers.forEach((name, value) -> {
                for (var each : values(value)) {
                    all.add(new ResponseHeader(name, ((JsonValue.Text) each).value()));
                }
            });
        }
        return new Response(
                status, all, isBase64() ? ResponseBody.of(Base64.getDecoder().decode(body)) : ResponseBody.of(body));
    }

    private boolean isBase64() {
        return bodyEncoding.equals("base64");
    }

    private static List<JsonValue> values(JsonValue value) {
        return value instanceof JsonValue.Array(var elements, var _) ? elements : List.of(value);
    }

    /** Leaves out the result. */
    @Override
    public String toString() {
        return "ResultRequest[…]";
    }
}
