package dev.gatehouse.health.http;

import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Describes what readiness answers. */
@ApiResponse(
        responseCode = "200",
        description = "They can.",
        content = @Content(schema = @Schema(implementation = HealthAnswer.class)))
@ApiResponse(
        responseCode = "503",
        description = "Redis does not answer or cannot be written; decisions are made by the fallback policies.",
        content = @Content(schema = @Schema(implementation = HealthAnswer.class)))
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.METHOD)
@interface ReadinessAnswers {}
