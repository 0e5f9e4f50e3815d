// SPDX-License-Identifier: Apache-2.0
/** Sends example traffic to a local run. Depends on the HTTP API only. */
@NullMarked
package dev.gatehouse.local.traffic;

import org.jspecify.annotations.NullMarked;
