package dev.gatehouse.idempotency.http;

import dev.gatehouse.web.openapi.ProblemSchema;
import io.micronaut.http.MediaType;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Describes what a claim is answered. */
@ApiResponse(
        responseCode = "201",
        description = "The work is the claimant's. The same owner asking again while in flight is told the same.",
        headers =
                @Header(
                        name = "Gatehouse-Source",
                        description = "Who decided: redis or local.",
                        schema = @Schema(type = "string", example = "redis")),
        content =
                @Content(
                        mediaType = MediaType.APPLICATION_JSON,
                        schema = @Schema(implementation = ClaimedAnswer.class)))
@ApiResponse(
        responseCode = "200",
        description = "The work has been done.",
        headers = {
            @Header(
                    name = "Idempotent-Replayed",
                    description = "true",
                    schema = @Schema(type = "string", example = "true")),
            @Header(
                    name = "Gatehouse-Source",
                    description = "Who decided: redis or local.",
                    schema = @Schema(type = "string", example = "redis"))
        },
        content =
                @Content(
                        mediaType = MediaType.APPLICATION_JSON,
                        schema = @Schema(implementation = ReplayedAnswer.class)))
@ApiResponse(
        responseCode = "409",
        description = "Somebody else is at it: problem idempotency-in-flight.",
        headers =
                @Header(
                        name = "Retry-After",
                        description = "Seconds until the lease ends.",
                        schema = @Schema(type = "integer", example = "30")),
        content =
                @Content(
                        mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                        schema = @Schema(implementation = InFlightSchema.class)))
@ApiResponse(
        responseCode = "422",
        description = "The key was used with another fingerprint: problem idempotency-key-reused.",
        content =
                @Content(
                        mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                        schema = @Schema(implementation = ProblemSchema.class)))
@ApiResponse(
        responseCode = "503",
        description = "Redis does not answer: problem store-unavailable. It is safe to ask again with the owner of the "
                + "problem.",
        headers =
                @Header(
                        name = "Retry-After",
                        description = "Seconds until it is worth asking again.",
                        schema = @Schema(type = "integer", example = "1")),
        content =
                @Content(
                        mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                        schema = @Schema(implementation = ClaimUnknownSchema.class)))
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.METHOD)
@interface ClaimAnswers {}
