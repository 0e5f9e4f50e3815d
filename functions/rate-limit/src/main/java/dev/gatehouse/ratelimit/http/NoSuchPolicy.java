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

/** Describes the answer to who asks for a policy that there is not. */
@ApiResponse(
        responseCode = "404",
        description = "No policy has this name: problem no-such-policy.",
        content =
                @Content(
                        mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                        schema = @Schema(implementation = ProblemSchema.class)))
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.METHOD)
@interface NoSuchPolicy {}
