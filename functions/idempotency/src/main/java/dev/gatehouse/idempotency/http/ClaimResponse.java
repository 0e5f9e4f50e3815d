// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.http;

import io.swagger.v3.oas.annotations.media.Schema;

/**
 * A claim that was granted, or the result of the work; of several claims, their results. One schema for both statuses,
 * because a generated client reads all successes of an operation as one type.
 */
@Schema(
        description = "A claim that was granted, or the result of the work; of several claims, their results.",
        oneOf = {ClaimGrantedResponse.class, ClaimCompletedResponse.class, ClaimResultsResponse.class})
sealed interface ClaimResponse permits ClaimGrantedResponse, ClaimCompletedResponse, ClaimResultsResponse {}
