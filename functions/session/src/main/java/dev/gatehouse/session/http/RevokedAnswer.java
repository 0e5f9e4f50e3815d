package dev.gatehouse.session.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** How many sessions have ended. */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.ALWAYS)
@Schema(name = "SessionsRevoked", description = "The sessions have ended, for good.")
record RevokedAnswer(
        @Schema(description = "How many there were.", example = "2")
        int revoked,

        @Schema(description = "Whether it was done in this process's memory only.", example = "false")
        boolean degraded) {

    /** Describes the answer. */
    @ApiResponse(
            responseCode = "200",
            description = "They have ended.",
            headers =
                    @Header(
                            name = "Gatehouse-Source",
                            description = "Who decided: redis or local.",
                            schema = @Schema(type = "string", example = "redis")),
            content = @Content(schema = @Schema(implementation = RevokedAnswer.class)))
    @Retention(RetentionPolicy.CLASS)
    @Target(ElementType.METHOD)
    @interface Told {}
}
