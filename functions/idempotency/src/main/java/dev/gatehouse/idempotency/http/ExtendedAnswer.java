package dev.gatehouse.idempotency.http;

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

/** A lease that lasts longer now. */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.ALWAYS)
@Schema(name = "ClaimExtended", description = "A lease that lasts at least so long.")
record ExtendedAnswer(
        @Schema(
                description = "Until then nobody else gets the work.",
                format = "date-time",
                example = "2026-09-21T14:13:50.000Z")
        String leaseExpiresAt,

        @Schema(description = "Whether it is kept in this process's memory only.", example = "false")
        boolean degraded) {

    /** Describes the answer. */
    @ApiResponse(
            responseCode = "200",
            description = "The lease lasts at least so long.",
            headers =
                    @Header(
                            name = "Gatehouse-Source",
                            description = "Who decided: redis or local.",
                            schema = @Schema(type = "string", example = "redis")),
            content = @Content(schema = @Schema(implementation = ExtendedAnswer.class)))
    @Retention(RetentionPolicy.CLASS)
    @Target(ElementType.METHOD)
    @interface Told {}
}
