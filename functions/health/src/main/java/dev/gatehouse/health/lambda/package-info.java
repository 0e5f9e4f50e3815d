// SPDX-License-Identifier: Apache-2.0
/** Runs the scheduled check on Lambda. Depends on the domain and on Lambda's types. */
@NullMarked
package dev.gatehouse.health.lambda;

import org.jspecify.annotations.NullMarked;
