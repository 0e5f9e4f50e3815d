package dev.gatehouse.functions.session;

import io.micronaut.http.MediaType;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Describes the answer that tells a session. */
@ApiResponse(
        responseCode = "200",
        description = "The session as it is now.",
        headers = {
            @Header(
                    name = "ETag",
                    description = "The session's version, as If-Match takes it.",
                    schema = @Schema(type = "string", example = "\"1\"")),
            @Header(
                    name = "Gatehouse-Source",
                    description = "Who decided: redis or local.",
                    schema = @Schema(type = "string", example = "redis"))
        },
        content =
                @Content(
                        mediaType = MediaType.APPLICATION_JSON,
                        schema = @Schema(implementation = SessionAnswer.class)))
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.METHOD)
@interface SessionTold {}
