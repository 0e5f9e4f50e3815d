package dev.gatehouse.functions.session;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;

/** How many sessions have ended. */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.ALWAYS)
@Schema(name = "SessionsRevoked", description = "The sessions have ended, for good.")
record RevokedAnswer(
        @Schema(description = "How many there were.", example = "2")
        int revoked,

        @Schema(description = "Whether it was done in this process's memory only.", example = "false")
        boolean degraded) {}
