// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.web.openapi;

import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Describes the problems of an operation with a body. */
@ApiResponse(responseCode = "400", ref = "InvalidRequest")
@ApiResponse(responseCode = "413", ref = "ContentTooLarge")
@ApiResponse(responseCode = "415", ref = "UnsupportedMediaType")
@CallerProblems
@Retention(RetentionPolicy.CLASS)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface BodyProblems {}
