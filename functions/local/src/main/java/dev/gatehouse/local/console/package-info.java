// SPDX-License-Identifier: Apache-2.0
/** Serves the web console and its live figures. Depends on the core, the web module and the metrics of the server. */
@NullMarked
package dev.gatehouse.local.console;

import org.jspecify.annotations.NullMarked;
