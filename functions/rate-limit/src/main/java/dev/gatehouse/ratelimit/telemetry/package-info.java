/** Log lines of denials, and counters by stored policy. */
@NullMarked
package dev.gatehouse.ratelimit.telemetry;

import org.jspecify.annotations.NullMarked;
