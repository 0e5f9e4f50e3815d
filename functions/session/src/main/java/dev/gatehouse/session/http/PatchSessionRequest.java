// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session.http;

import dev.gatehouse.session.Attributes;
import dev.gatehouse.web.json.JsonRecord;
import dev.gatehouse.web.json.JsonValue;
import dev.gatehouse.web.json.Validatable;
import dev.gatehouse.web.json.ViolationCollector;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JSON Merge Patch (RFC 7396) to the session, of which only the attributes can change.
 *
 * @param attributes members that are null are removed, others are set; objects are merged. The result has the bounds of a
 *     new session's attributes
 */
@JsonRecord
record PatchSessionRequest(
        @Schema(
                implementation = Object.class,
                type = "object",
                example = "{\"theme\": \"light\", \"draft\": null}",
                additionalProperties = Schema.AdditionalPropertiesValue.TRUE)
        @Nullable
        JsonValue attributes)
        implements Validatable {

    @Override
    public void validate(ViolationCollector violations) {
        if (attributes != null && !(attributes instanceof JsonValue.Members)) {
            violations.add("attributes", "must be an object, whose members may be null");
        }
    }

    /** @throws dev.gatehouse.session.InvalidSession if they are nested too deep */
    Attributes patch() {
        return SessionJson.attributes(attributes instanceof JsonValue.Members(var members, var _) ? members : Map.of());
    }

    /** Leaves out the attributes. */
    @Override
    public String toString() {
        return "PatchSessionRequest[…]";
    }
}
