/**
 * How many at once? Leases, of which so many may be live for a name and subject at a time; with a limit of one, a lock.
 */
@NullMarked
package dev.gatehouse.ratelimit.lease;

import org.jspecify.annotations.NullMarked;
