// SPDX-License-Identifier: Apache-2.0
/** Logs events of single requests with their callers. Depends on the package above it and on the core. */
@NullMarked
package dev.gatehouse.web.log;

import org.jspecify.annotations.NullMarked;
