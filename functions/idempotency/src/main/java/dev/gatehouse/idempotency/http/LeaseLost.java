package dev.gatehouse.idempotency.http;

import dev.gatehouse.web.openapi.ProblemSchema;
import io.micronaut.http.MediaType;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Describes the answer to an owner whose claim it is no longer. */
@ApiResponse(
        responseCode = "409",
        description = "The claim is not the owner's: problem lease-lost.",
        content =
                @Content(
                        mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                        schema = @Schema(implementation = ProblemSchema.LeaseLost.class)))
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.METHOD)
@interface LeaseLost {}
