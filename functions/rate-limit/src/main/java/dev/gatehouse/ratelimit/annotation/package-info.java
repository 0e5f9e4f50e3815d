// SPDX-License-Identifier: Apache-2.0
/** Limits the methods of a Micronaut program by annotation. Depends on the domain and Micronaut's HTTP types only. */
@NullMarked
package dev.gatehouse.ratelimit.annotation;

import org.jspecify.annotations.NullMarked;
