// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.presence;

import java.time.Instant;
import java.util.Optional;

/**
 * A user who is present.
 *
 * @param connections the number of live connections, at least 1
 * @param since the time at which the user joined
 * @param info the JSON text of the last entry that had one
 */
public record Member(String userId, int connections, Instant since, Optional<String> info) {}
