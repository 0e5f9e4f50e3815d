package dev.gatehouse.web.openapi;

import io.micronaut.http.MediaType;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Describes the problem of an operation that is not repeatable while Redis is down. */
@ApiResponse(
        responseCode = "503",
        description =
                "Redis does not reply and the policy is closed: problem store-unavailable. The operation may have "
                        + "been done all the same; a repetition would do it twice.",
        headers =
                @Header(
                        name = "Retry-After",
                        description = "Seconds until a retry.",
                        schema = @Schema(type = "integer", example = "1")),
        content =
                @Content(
                        mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                        schema = @Schema(implementation = ProblemSchema.class)))
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.METHOD)
public @interface UnsafeToAskAgain {}
