// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.http;

import io.swagger.v3.oas.annotations.media.Schema;

/** One claim, or several. A body with the member {@code claims} is several. */
@Schema(oneOf = {ClaimAllRequest.class, CreateClaimRequest.class})
sealed interface ClaimBody permits ClaimAllRequest, CreateClaimRequest {}
