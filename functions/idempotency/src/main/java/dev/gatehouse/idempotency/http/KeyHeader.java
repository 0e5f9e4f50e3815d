package dev.gatehouse.idempotency.http;

import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Schema;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Describes the header with the key. */
@Parameter(
        name = KeySource.HEADER,
        in = ParameterIn.HEADER,
        description = "The key, bare or as a quoted string, if it is not in the body.",
        schema = @Schema(type = "string"))
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.METHOD)
@interface KeyHeader {}
