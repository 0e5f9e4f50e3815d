// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;

/**
 * An extended lease.
 *
 * @param leaseExpiresAt the time before which no other caller can claim the work
 * @param degraded whether it is stored in the memory of this process only
 */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.ALWAYS)
record ClaimExtendedResponse(@Schema(format = "date-time") String leaseExpiresAt, boolean degraded) {}
