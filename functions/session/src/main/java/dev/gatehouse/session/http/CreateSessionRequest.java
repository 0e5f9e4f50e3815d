// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session.http;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.NOT_REQUIRED;

import dev.gatehouse.session.Device;
import dev.gatehouse.session.SessionRequest;
import dev.gatehouse.session.SessionRequest.OnLimit;
import dev.gatehouse.session.TokenReuse;
import dev.gatehouse.session.UserId;
import dev.gatehouse.web.json.JsonRecord;
import dev.gatehouse.web.json.JsonValue;
import io.micronaut.core.bind.annotation.Bindable;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The session to create.
 *
 * @param userId the user as the caller names it
 * @param attributes stored with the session; at most 4 KiB with the device, nested at most 8 deep
 * @param idleSeconds the idle timeout
 * @param absoluteSeconds the absolute timeout
 * @param maxSessions the maximum of live sessions of the user, including this one
 * @param onLimit at the maximum: whether the oldest session ends, or none is created
 * @param from the token of a session to take over, such as that of a visitor who has signed in: the new session also has
 *     its attributes, except those of the same name as a given one, and it ends. Must not be of another user. A token that
 *     opens no session is ignored
 * @param actor the person who acts for the user, such as a support agent, as the caller names it; cannot be changed
 * @param onReuse whether the session ends when a replaced token is used after its grace period; the default is a setting
 */
@JsonRecord
record CreateSessionRequest(
        @Schema(example = "user-42") @Size(min = 1, max = UserId.MAX_LENGTH)
        String userId,

        @Schema(
                type = "object",
                example = "{\"theme\": \"dark\"}",
                additionalProperties = Schema.AdditionalPropertiesValue.TRUE)
        @Nullable
        Map<String, JsonValue> attributes,

        @Nullable DeviceInfo device,

        @Schema(requiredMode = NOT_REQUIRED, nullable = true)
        @Bindable(defaultValue = "1800")
        @Min(1)
        @Max(SessionRequest.MAX_SECONDS)
        long idleSeconds,

        @Schema(requiredMode = NOT_REQUIRED, nullable = true)
        @Bindable(defaultValue = "86400")
        @Min(1)
        @Max(SessionRequest.MAX_SECONDS)
        long absoluteSeconds,

        @Schema(requiredMode = NOT_REQUIRED, nullable = true)
        @Bindable(defaultValue = "1000")
        @Min(1)
        @Max(SessionRequest.MOST_SESSIONS)
        int maxSessions,

        @Schema(
                type = "string",
                allowableValues = {"evict-oldest", "reject"},
                requiredMode = NOT_REQUIRED,
                nullable = true)
        @Bindable(defaultValue = "evict-oldest")
        @Pattern(regexp = "^(evict-oldest|reject)$", message = "must be one of: evict-oldest, reject")
        String onLimit,

        @Schema(example = TokenText.EXAMPLE) @Nullable String from,

        @Schema(example = "agent-7") @Nullable @Size(min = 1, max = UserId.MAX_LENGTH)
        String actor,

        @Nullable
        @Schema(
                type = "string",
                allowableValues = {"log", "revoke"})
        @Pattern(regexp = "^(log|revoke)$", message = "must be one of: log, revoke")
        String onReuse) {

    /** @throws dev.gatehouse.session.InvalidSession if the attributes are nested too deep, or a text is not Unicode */
    SessionRequest toSessionRequest() {
        return SessionRequest.of(
                        new UserId(userId),
                        SessionJson.attributes(attributes == null ? Map.of() : attributes),
                        device == null ? Device.UNKNOWN : device.toDevice(),
                        idleSeconds,
                        absoluteSeconds,
                        maxSessions,
                        onLimit.equals("reject") ? OnLimit.REJECT : OnLimit.EVICT_OLDEST)
                .withActor(actor == null ? null : UserId.of("actor", actor))
                .withOnReuse(onReuse == null ? null : TokenReuse.of(onReuse));
    }

    /** Leaves out personal data. */
    @Override
    public String toString() {
        return "CreateSessionRequest[…]";
    }
}
