package dev.gatehouse.ratelimit.http;

import io.micronaut.http.MediaType;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Describes the answer that tells a policy or an override. */
@ApiResponse(
        responseCode = "200",
        description = "As it is stored.",
        headers =
                @Header(
                        name = "Gatehouse-Source",
                        description = "Who decided: redis or local.",
                        schema = @Schema(type = "string", example = "redis")),
        content =
                @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = PolicyAnswer.class)))
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.METHOD)
@interface PolicyTold {}
