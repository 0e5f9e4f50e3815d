// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.web.openapi;

import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Describes the problem of a repeatable operation while Redis is down. */
@ApiResponse(responseCode = "503", ref = "SafeToRetry")
@Retention(RetentionPolicy.CLASS)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface SafeToRetry {}
