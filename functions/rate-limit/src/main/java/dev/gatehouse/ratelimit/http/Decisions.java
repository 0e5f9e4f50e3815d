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

/** Describes what a check answers once it is decided. */
@ApiResponse(
        responseCode = "200",
        description = "It may pass (mode all), or every limit was decided alone (mode each).",
        headers = {
            @Header(
                    name = "RateLimit-Policy",
                    description =
                            "The limits that can deny: quota q in a window of w seconds, if it has a fixed length.",
                    schema = @Schema(type = "string", example = "\"api\";q=100;w=60")),
            @Header(
                    name = "RateLimit",
                    description = "Their state: r remaining, wholly unused again in t seconds.",
                    schema = @Schema(type = "string", example = "\"api\";r=99;t=1")),
            @Header(
                    name = "X-RateLimit-Limit",
                    description = "Units in a window of the tightest limit that can deny.",
                    schema = @Schema(type = "integer", example = "100")),
            @Header(
                    name = "X-RateLimit-Remaining",
                    description = "What is left of it.",
                    schema = @Schema(type = "integer", example = "99")),
            @Header(
                    name = "X-RateLimit-Reset",
                    description = "Seconds until it is wholly unused again.",
                    schema = @Schema(type = "integer", example = "1")),
            @Header(
                    name = "Gatehouse-Source",
                    description = "Who decided: redis or local.",
                    schema = @Schema(type = "string", example = "redis"))
        },
        content =
                @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = CheckAnswer.class)))
@ApiResponse(
        responseCode = "429",
        description = "It may not pass now: problem quota-exceeded.",
        headers = {
            @Header(
                    name = "Retry-After",
                    description = "Seconds until it may pass; absent if it never may.",
                    schema = @Schema(type = "integer", example = "1")),
            @Header(
                    name = "RateLimit-Policy",
                    description =
                            "The limits that can deny: quota q in a window of w seconds, if it has a fixed length.",
                    schema = @Schema(type = "string", example = "\"api\";q=100;w=60")),
            @Header(
                    name = "RateLimit",
                    description = "Their state: r remaining, wholly unused again in t seconds.",
                    schema = @Schema(type = "string", example = "\"api\";r=99;t=1")),
            @Header(
                    name = "X-RateLimit-Limit",
                    description = "Units in a window of the tightest limit that can deny.",
                    schema = @Schema(type = "integer", example = "100")),
            @Header(
                    name = "X-RateLimit-Remaining",
                    description = "What is left of it.",
                    schema = @Schema(type = "integer", example = "99")),
            @Header(
                    name = "X-RateLimit-Reset",
                    description = "Seconds until it is wholly unused again.",
                    schema = @Schema(type = "integer", example = "1")),
            @Header(
                    name = "Gatehouse-Source",
                    description = "Who decided: redis or local.",
                    schema = @Schema(type = "string", example = "redis"))
        },
        content =
                @Content(
                        mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                        schema = @Schema(implementation = QuotaExceededSchema.class)))
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.METHOD)
@interface Decisions {}
