// SPDX-License-Identifier: Apache-2.0
/** Obtains the results of annotated methods, of any return type, from where they are stored. */
@NullMarked
package dev.gatehouse.method;

import org.jspecify.annotations.NullMarked;
