package dev.gatehouse.session.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;

/** The number of sessions that were ended. */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.ALWAYS)
@Schema(name = "SessionsRevoked", description = "The sessions were ended.")
record SessionsRevokedResponse(
        @Schema(description = "How many sessions were ended.", example = "2")
        int revoked,

        @Schema(description = "Whether they were ended in the memory of this process only.", example = "false")
        boolean degraded) {}
