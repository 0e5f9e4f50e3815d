// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.http;

import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Map;

/**
 * The results of several claims.
 *
 * @param results in the order of the claims
 */
@Serdeable.Serializable
record ClaimResultsResponse(
        @Schema(ref = "#/components/schemas/ClaimResults") List<Map<String, Object>> results)
        implements ClaimResponse {}
