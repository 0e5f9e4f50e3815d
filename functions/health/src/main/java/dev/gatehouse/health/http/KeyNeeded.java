package dev.gatehouse.health.http;

import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Describes what is answered to a caller without a key. */
@ApiResponse(responseCode = "401", description = "No API key, or an unknown one: problem unauthenticated.")
@Retention(RetentionPolicy.CLASS)
@Target({ElementType.TYPE, ElementType.METHOD})
@interface KeyNeeded {}
