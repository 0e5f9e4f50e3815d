// SPDX-License-Identifier: Apache-2.0
/**
 * Runs work once per idempotency key: of all claimants of the same work one does it, and the others get its result. Depends
 * on the core only.
 */
@NullMarked
package dev.gatehouse.idempotency;

import org.jspecify.annotations.NullMarked;
