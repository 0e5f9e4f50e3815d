// SPDX-License-Identifier: Apache-2.0
/**
 * Leases, which limit the number of concurrent holders for a name and subject. With a limit of one, a lease is a lock.
 * Depends on the core only.
 */
@NullMarked
package dev.gatehouse.ratelimit.lease;

import org.jspecify.annotations.NullMarked;
