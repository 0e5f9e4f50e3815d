package dev.gatehouse.functions.ratelimit;

import io.micronaut.http.MediaType;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Describes what an operation with a body answers to a request that it cannot take. */
@ApiResponse(
        responseCode = "400",
        description =
                "The body is not what the operation takes: problem invalid-request, with the faults found in errors.",
        content =
                @Content(
                        mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                        schema = @Schema(implementation = ProblemSchema.InvalidRequest.class)))
@CallerProblems
@ApiResponse(
        responseCode = "413",
        description = "The body is over 256 KiB: problem content-too-large.",
        content =
                @Content(
                        mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                        schema = @Schema(implementation = ProblemSchema.class)))
@ApiResponse(
        responseCode = "415",
        description = "The body is not said to be JSON, or is packed: problem unsupported-media-type.",
        content =
                @Content(
                        mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                        schema = @Schema(implementation = ProblemSchema.class)))
@Retention(RetentionPolicy.CLASS)
@Target({ElementType.TYPE, ElementType.METHOD})
@interface BodyProblems {}
