// SPDX-License-Identifier: Apache-2.0
/** Checks of values against their bounds, alike for all capabilities. */
@NullMarked
package dev.gatehouse.validation;

import org.jspecify.annotations.NullMarked;
