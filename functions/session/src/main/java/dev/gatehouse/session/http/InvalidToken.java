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

/** Describes what is answered to a token that opens nothing, beside what is answered to a caller without an API key. */
@ApiResponse(
        responseCode = "401",
        description = "The token opens no session, be it unknown, expired, revoked or malformed: problem "
                + "session-invalid. Or no API key, or an unknown one: problem unauthenticated.",
        headers =
                @Header(
                        name = "WWW-Authenticate",
                        description = "Of the scheme Session where it is the token; of Bearer where it is the API key.",
                        schema = @Schema(type = "string", example = SessionResponse.CHALLENGE)),
        content =
                @Content(
                        mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                        schema = @Schema(implementation = ProblemSchema.class)))
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.METHOD)
@interface InvalidToken {}
