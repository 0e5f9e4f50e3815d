package dev.gatehouse.idempotency.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.gatehouse.idempotency.Completion.Recorded;
import dev.gatehouse.web.Timestamp;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A result that is kept. */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.ALWAYS)
@Schema(name = "CompletionRecorded", description = "The result is kept, or the one that the owner gave before.")
record RecordedAnswer(
        @Schema(example = "completed") String outcome,

        @Schema(format = "date-time", example = "2026-09-21T14:13:20.000Z")
        String completedAt,

        @Schema(description = "When the key is forgotten.", format = "date-time", example = "2026-09-22T14:13:20.000Z")
        String expiresAt,

        @Schema(description = "Whether it is kept in this process's memory only.", example = "false")
        boolean degraded) {

    /** Describes the answer. */
    @ApiResponse(
            responseCode = "200",
            description = "A result of this owner is kept.",
            headers =
                    @Header(
                            name = "Gatehouse-Source",
                            description = "Who decided: redis or local.",
                            schema = @Schema(type = "string", example = "redis")),
            content = @Content(schema = @Schema(implementation = RecordedAnswer.class)))
    @Retention(RetentionPolicy.CLASS)
    @Target(ElementType.METHOD)
    @interface Told {}

    static RecordedAnswer of(Recorded recorded, boolean degraded) {
        return new RecordedAnswer(
                "completed",
                new Timestamp(recorded.completedAt()).toString(),
                new Timestamp(recorded.expiresAt()).toString(),
                degraded);
    }
}
