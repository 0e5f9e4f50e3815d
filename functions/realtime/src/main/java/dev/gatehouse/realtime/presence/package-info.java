// SPDX-License-Identifier: Apache-2.0
/**
 * Presence and typing. {@link dev.gatehouse.realtime.presence.PresenceStore} is the port. Depends on {@code redis} and {@code
 * fallback}, and on nothing of HTTP.
 */
@NullMarked
package dev.gatehouse.realtime.presence;

import org.jspecify.annotations.NullMarked;
