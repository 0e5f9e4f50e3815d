// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session.http;

import dev.gatehouse.session.SessionId;
import dev.gatehouse.session.UserId;
import dev.gatehouse.web.json.JsonRecord;
import dev.gatehouse.web.json.Validatable;
import dev.gatehouse.web.json.ViolationCollector;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Size;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The user whose sessions to end.
 *
 * @param userId the user, as given at creation
 * @param exceptId the session to keep
 */
@JsonRecord
record RevokeUserRequest(
        @Schema(example = "user-42") @Size(min = 1, max = UserId.MAX_LENGTH)
        String userId,

        @Schema(example = TokenText.EXAMPLE_ID) @Nullable String exceptId)
        implements Validatable {

    /** Rejects a malformed id, unlike the other operations: a typo must not end the session to keep. */
    @Override
    public void validate(ViolationCollector violations) {
        if (exceptId != null && except().isEmpty()) {
            violations.add("exceptId", "is not the id of a session");
        }
    }

    Optional<SessionId> except() {
        return Optional.ofNullable(exceptId).flatMap(SessionId::parse);
    }

    /** Leaves out the user. */
    @Override
    public String toString() {
        return "RevokeUserRequest[…]";
    }
}
