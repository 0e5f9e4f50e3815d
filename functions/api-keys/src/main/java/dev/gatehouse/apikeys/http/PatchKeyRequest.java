// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.apikeys.http;

import dev.gatehouse.apikeys.IssueRequest;
import dev.gatehouse.apikeys.KeyDetails;
import dev.gatehouse.apikeys.KeyPatch;
import dev.gatehouse.web.json.JsonRecord;
import dev.gatehouse.web.json.JsonValue;
import dev.gatehouse.web.json.Validatable;
import dev.gatehouse.web.json.ViolationCollector;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The changes to a key. Members that are absent stay as they are.
 *
 * @param name the new name; null removes it
 * @param scopes the new scopes, all of them
 * @param attributes the new attributes, all of them
 * @param expiresInSeconds the new lifetime from now; null lets the key live until it is revoked
 */
@JsonRecord
record PatchKeyRequest(
        @Schema(implementation = String.class, nullable = true, minLength = 1, maxLength = KeyDetails.MAX_NAME)
        @Nullable
        JsonValue name,

        @Nullable @Size(max = KeyDetails.MAX_SCOPES) List<String> scopes,

        @Schema(
                implementation = Object.class,
                type = "object",
                example = "{\"plan\": \"pro\"}",
                additionalProperties = Schema.AdditionalPropertiesValue.TRUE)
        @Nullable
        JsonValue attributes,

        @Schema(implementation = Long.class, nullable = true, minimum = "1", maximum = "315360000") @Nullable
        JsonValue expiresInSeconds)
        implements Validatable {

    @Override
    public void validate(ViolationCollector violations) {
        KeyDetailsJson.validateAttributes(attributes, violations);
        switch (name) {
            case JsonValue.Text(var text, var _) when !text.isEmpty() -> {}
            case JsonValue.Null _ -> {}
            case null -> {}
            default -> violations.add("name", "must be a string that is not empty, or null");
        }
        switch (expiresInSeconds) {
            case JsonValue.Numeral(var _, Long whole)
            when whole != null && whole >= 1 && whole <= IssueRequest.MAX_SECONDS -> {}
            case JsonValue.Null _ -> {}
            case null -> {}
            default ->
                violations.add(
                        "expiresInSeconds",
                        "must be a whole number from 1 to " + IssueRequest.MAX_SECONDS + ", or null");
        }
    }

    /** @throws dev.gatehouse.validation.InvalidArgument if a value is out of its bounds */
    KeyPatch patch() {
        return new KeyPatch(
                name == null ? null : name instanceof JsonValue.Text(var text, var _) ? text : "",
                scopes == null ? null : new TreeSet<>(scopes),
                attributes instanceof JsonValue.Null ? "{}" : KeyDetailsJson.attributes(attributes),
                expiresInSeconds == null
                        ? null
                        : expiresInSeconds instanceof JsonValue.Numeral(var _, Long whole) ? whole : Long.valueOf(0));
    }

    /** Leaves out personal data. */
    @Override
    public String toString() {
        return "PatchKeyRequest[…]";
    }
}
