// SPDX-License-Identifier: Apache-2.0
/**
 * Makes the methods of a program idempotent, by an annotation on each: routes by the header of a request, any method of a bean
 * by a key of its arguments. Depends on the domain and, for routes, on Micronaut's HTTP types.
 */
@NullMarked
package dev.gatehouse.idempotency.annotation;

import org.jspecify.annotations.NullMarked;
