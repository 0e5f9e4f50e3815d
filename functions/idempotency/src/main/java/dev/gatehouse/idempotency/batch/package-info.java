// SPDX-License-Identifier: Apache-2.0
/**
 * Processes the records of Lambda events once. Depends on the domain and, optionally, on AWS's classes of events and handlers.
 */
@NullMarked
package dev.gatehouse.idempotency.batch;

import org.jspecify.annotations.NullMarked;
