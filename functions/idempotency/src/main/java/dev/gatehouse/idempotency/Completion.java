// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency;

import java.time.Instant;

/**
 * A stored result: of this completion, or of an earlier one by the same owner.
 *
 * @param fingerprint the fingerprint of the work
 * @param asGiven whether the stored result equals this one
 */
public record Completion(Instant completedAt, Instant expiresAt, Fingerprint fingerprint, boolean asGiven) {}
