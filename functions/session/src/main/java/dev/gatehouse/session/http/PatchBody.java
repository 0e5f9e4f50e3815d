package dev.gatehouse.session.http;

import dev.gatehouse.session.Attributes;
import dev.gatehouse.session.InvalidSession;
import dev.gatehouse.web.JsonBody;
import dev.gatehouse.web.Reading;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A change of a session as a caller asks for it: a JSON Merge Patch, in which the attributes only may stand. */
@Schema(
        name = "SessionPatch",
        description = "A JSON Merge Patch (RFC 7396) to the session, of which the attributes only may change.",
        additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
record PatchBody(
        @Schema(
                description = "Members that are null are removed, others put in the place of what was there; objects "
                        + "are merged. What comes of it has the bounds of a new session's.",
                example = "{\"theme\": \"light\", \"draft\": null}",
                requiredMode = Schema.RequiredMode.NOT_REQUIRED,
                additionalProperties = Schema.AdditionalPropertiesValue.TRUE)
        Map<String, Object> attributes) {

    /** What is asked of the sessions. */
    record Asking(Attributes patch, OptionalLong version) {}

    static Reading<Asking> read(byte @Nullable [] body, List<String> ifMatch) {
        return JsonBody.read(body, fields -> readFrom(fields, ifMatch));
    }

    private static @Nullable Asking readFrom(JsonBody fields, List<String> ifMatch) {
        var version = IfMatch.readFrom(fields, ifMatch);
        if (fields.isNull("attributes")) {
            fields.refuse("attributes", "must be an object, whose members may be null");
        }
        var attributes = fields.members("attributes");
        return fields.make(() -> {
            try {
                return new Asking(AttributesMember.read(attributes), version);
            } catch (InvalidSession invalid) {
                fields.refuse(invalid.field(), invalid.getMessage());
                return null;
            }
        });
    }
}
