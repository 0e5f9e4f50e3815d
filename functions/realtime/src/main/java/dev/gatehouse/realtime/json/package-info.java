// SPDX-License-Identifier: Apache-2.0
/** Writes the outcomes of presence and channels as JSON, for HTTP responses and WebSocket messages. */
@NullMarked
package dev.gatehouse.realtime.json;

import org.jspecify.annotations.NullMarked;
