package dev.gatehouse.session.http;

import dev.gatehouse.session.UserId;
import dev.gatehouse.web.JsonRecord;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Size;

/** A user whose sessions to list. */
@JsonRecord
@Schema(
        name = "SessionsOfUser",
        description = "The user whose sessions to list.",
        additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
record ListSessionsRequest(
        @Schema(
                description = "The user, as given at creation.",
                example = "user-42",
                requiredMode = Schema.RequiredMode.REQUIRED)
        @Size(min = 1, max = UserId.MAX_LENGTH)
        String userId) {

    /** Leaves out the user. */
    @Override
    public String toString() {
        return "ListSessionsRequest[…]";
    }
}
