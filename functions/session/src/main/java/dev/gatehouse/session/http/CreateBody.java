package dev.gatehouse.session.http;

import dev.gatehouse.session.InvalidSession;
import dev.gatehouse.session.SessionRequest;
import dev.gatehouse.session.SessionRequest.OnLimit;
import dev.gatehouse.session.UserId;
import dev.gatehouse.web.JsonBody;
import dev.gatehouse.web.Reading;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A session as a caller asks for it. */
@Schema(
        name = "SessionRequest",
        description = "Whose session it is to be, and how long it may last.",
        additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
record CreateBody(
        @Schema(
                description = "The user as the caller names it.",
                example = "user-42",
                minLength = 1,
                maxLength = UserId.MAX_LENGTH,
                requiredMode = Schema.RequiredMode.REQUIRED)
        String userId,

        @Schema(
                description = "What is to be kept with the session; 4 KiB with the device, nested up to 8 deep.",
                example = "{\"theme\": \"dark\"}",
                additionalProperties = Schema.AdditionalPropertiesValue.TRUE)
        @Nullable
        Map<String, Object> attributes,

        @Nullable DeviceMember device,

        @Schema(
                description = "How long it lasts without a touch.",
                example = "1800",
                minimum = "1",
                maximum = "31536000",
                defaultValue = "1800")
        @Nullable
        Long idleSeconds,

        @Schema(
                description = "How long it lasts in any case.",
                example = "86400",
                minimum = "1",
                maximum = "31536000",
                defaultValue = "86400")
        @Nullable
        Long absoluteSeconds,

        @Schema(
                description = "How many sessions the user may have with this one.",
                example = "5",
                minimum = "1",
                maximum = "1000",
                defaultValue = "1000")
        @Nullable
        Long maxSessions,

        @Schema(
                description =
                        "What is done when there are as many: the one that was created first ends, or none is created.",
                pattern = "^(evict-oldest|reject)$",
                defaultValue = "evict-oldest")
        @Nullable
        String onLimit) {

    private static final Map<String, OnLimit> ON_LIMIT =
            Map.of("evict-oldest", OnLimit.EVICT_OLDEST, "reject", OnLimit.REJECT);

    static Reading<SessionRequest> read(byte @Nullable [] body) {
        return JsonBody.read(body, CreateBody::readFrom);
    }

    private static @Nullable SessionRequest readFrom(JsonBody fields) {
        var userId = fields.text("userId");
        var attributes = fields.members("attributes");
        var device = fields.has("device") ? fields.object("device", DeviceMember::readFrom) : DeviceMember.NONE;
        var idleSeconds = fields.whole("idleSeconds", SessionRequest.DEFAULT_IDLE_SECONDS);
        var absoluteSeconds = fields.whole("absoluteSeconds", SessionRequest.DEFAULT_ABSOLUTE_SECONDS);
        var maxSessions = fields.whole("maxSessions", SessionRequest.MOST_SESSIONS);
        var onLimit = fields.word("onLimit", ON_LIMIT, OnLimit.EVICT_OLDEST);
        return fields.make(() -> {
            try {
                return device == null
                        ? null
                        : SessionRequest.of(
                                new UserId(userId),
                                AttributesMember.read(attributes),
                                device.toDevice(),
                                idleSeconds,
                                absoluteSeconds,
                                Math.clamp(maxSessions, 0, Integer.MAX_VALUE),
                                onLimit);
            } catch (InvalidSession invalid) {
                fields.refuse(invalid.field(), invalid.getMessage());
                return null;
            }
        });
    }
}
