package dev.gatehouse.ratelimit.http;

import dev.gatehouse.web.openapi.ProblemSchema;
import io.micronaut.http.MediaType;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Describes the answer to who stores more than a tenant may have. */
@ApiResponse(
        responseCode = "409",
        description =
                "A tenant has 1000 policies, or 10000 overrides, at most: problem too-many-policies or too-many-overrides.",
        content =
                @Content(
                        mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                        schema = @Schema(implementation = ProblemSchema.class)))
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.METHOD)
@interface TooManyPolicies {}
