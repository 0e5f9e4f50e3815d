// SPDX-License-Identifier: Apache-2.0
/**
 * Strict JSON bodies: each is declared once, as a record that is read, validated and described by its components. Depends
 * on no capability, and on HTTP only by Micronaut's message readers.
 */
@NullMarked
package dev.gatehouse.web.json;

import org.jspecify.annotations.NullMarked;
