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

/** Describes the problems of every operation. */
@ApiResponse(
        responseCode = "401",
        description = "No API key, or an unknown one: problem unauthenticated.",
        headers =
                @Header(
                        name = "WWW-Authenticate",
                        description = "How to authenticate.",
                        schema = @Schema(type = "string", example = "Bearer realm=\"gatehouse\"")),
        content =
                @Content(
                        mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                        schema = @Schema(implementation = ProblemSchema.class)))
@ApiResponse(
        responseCode = "406",
        description = "Accept excludes JSON: problem not-acceptable.",
        content =
                @Content(
                        mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                        schema = @Schema(implementation = ProblemSchema.class)))
@Retention(RetentionPolicy.CLASS)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface CallerProblems {}
