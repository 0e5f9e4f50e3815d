// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.annotation;

import io.micronaut.http.annotation.FilterMatcher;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Restricts the filter to routes of {@link Idempotent} methods, and to requests without a route. */
@FilterMatcher
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.ANNOTATION_TYPE})
@interface KeyedRoute {}
