package dev.gatehouse.session.http;

import dev.gatehouse.session.Device;
import dev.gatehouse.session.SessionRequest;
import dev.gatehouse.session.SessionRequest.OnLimit;
import dev.gatehouse.session.UserId;
import dev.gatehouse.web.Json;
import dev.gatehouse.web.JsonRecord;
import io.micronaut.core.bind.annotation.Bindable;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A session to create. */
@JsonRecord
@Schema(
        name = "SessionRequest",
        description = "The user of the session and its timeouts.",
        additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
record CreateSessionRequest(
        @Schema(
                description = "The user as the caller names it.",
                example = "user-42",
                requiredMode = Schema.RequiredMode.REQUIRED)
        @Size(min = 1, max = UserId.MAX_LENGTH)
        String userId,

        @Schema(
                type = "object",
                description = "Stored with the session; at most 4 KiB with the device, nested at most 8 deep.",
                example = "{\"theme\": \"dark\"}",
                additionalProperties = Schema.AdditionalPropertiesValue.TRUE)
        @Nullable
        Map<String, Json> attributes,

        @Nullable DeviceInfo device,

        @Schema(
                requiredMode = Schema.RequiredMode.NOT_REQUIRED,
                nullable = true,
                description = "The idle timeout.",
                example = "1800")
        @Bindable(defaultValue = "1800")
        @Min(1)
        @Max(SessionRequest.MAX_SECONDS)
        long idleSeconds,

        @Schema(
                requiredMode = Schema.RequiredMode.NOT_REQUIRED,
                nullable = true,
                description = "The absolute timeout.",
                example = "86400")
        @Bindable(defaultValue = "86400")
        @Min(1)
        @Max(SessionRequest.MAX_SECONDS)
        long absoluteSeconds,

        @Schema(
                requiredMode = Schema.RequiredMode.NOT_REQUIRED,
                nullable = true,
                description = "The maximum of live sessions of the user, including this one.",
                example = "5")
        @Bindable(defaultValue = "1000")
        @Min(1)
        @Max(SessionRequest.MOST_SESSIONS)
        int maxSessions,

        @Schema(
                requiredMode = Schema.RequiredMode.NOT_REQUIRED,
                nullable = true,
                description = "At the maximum: whether the oldest session ends, or none is created.")
        @Bindable(defaultValue = "evict-oldest")
        @Pattern(regexp = "^(evict-oldest|reject)$", message = "must be one of: evict-oldest, reject")
        String onLimit) {

    /** @throws dev.gatehouse.session.InvalidSession if the attributes are nested too deep, or a text is not Unicode */
    SessionRequest toSessionRequest() {
        return SessionRequest.of(
                new UserId(userId),
                AttributesJson.parse(attributes == null ? Map.of() : attributes),
                device == null ? Device.UNKNOWN : device.toDevice(),
                idleSeconds,
                absoluteSeconds,
                maxSessions,
                onLimit.equals("reject") ? OnLimit.REJECT : OnLimit.EVICT_OLDEST);
    }

    /** Leaves out personal data. */
    @Override
    public String toString() {
        return "CreateSessionRequest[…]";
    }
}
