// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.batch;

/**
 * A record that must come again.
 *
 * @param id the id by which Lambda identifies the record
 * @param reason the failure of its work, or a {@link RecordNotProcessed}
 */
record RecordFailure(String id, Exception reason) {}
