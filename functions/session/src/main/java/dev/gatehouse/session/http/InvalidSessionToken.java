package dev.gatehouse.session.http;

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

/** Describes the response to an invalid token, beside the one to a missing API key. */
@ApiResponse(
        responseCode = "401",
        description = "The token is unknown, expired, revoked or malformed: problem session-invalid. Or the API key is "
                + "missing or unknown: problem unauthenticated.",
        headers =
                @Header(
                        name = "WWW-Authenticate",
                        description = "The scheme is Session for the token and Bearer for the API key.",
                        schema = @Schema(type = "string", example = SessionResponseMapper.CHALLENGE)),
        content =
                @Content(
                        mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                        schema = @Schema(implementation = ProblemSchema.class)))
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.METHOD)
@interface InvalidSessionToken {}
