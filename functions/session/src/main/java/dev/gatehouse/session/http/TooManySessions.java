package dev.gatehouse.session.http;

import dev.gatehouse.web.openapi.ProblemSchema;
import io.micronaut.http.MediaType;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Describes the answer where a user has all the sessions that there may be. */
@ApiResponse(
        responseCode = "409",
        description = "The user has as many as maxSessions, and onLimit is reject: problem session-limit.",
        content =
                @Content(
                        mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                        schema = @Schema(implementation = ProblemSchema.class)))
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.METHOD)
@interface TooManySessions {}
