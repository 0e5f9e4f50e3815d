// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.http;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.NOT_REQUIRED;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.fallback.DecisionWaiters;
import dev.gatehouse.idempotency.ClaimRequest;
import dev.gatehouse.web.RequestId;
import dev.gatehouse.web.json.JsonRecord;
import io.micronaut.core.bind.annotation.Bindable;
import io.micronaut.http.HttpRequest;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;

/**
 * The work to claim, and how long to wait for it.
 *
 * @param waitMillis how long to wait for the result of work in flight; a further request on the connection ends the wait
 */
@JsonRecord
record CreateClaimRequest(
        @JsonUnwrapped KeyRequest key,
        @JsonUnwrapped ClaimTermsRequest terms,

        @Schema(requiredMode = NOT_REQUIRED, nullable = true)
        @Bindable(defaultValue = "0")
        @Min(0)
        @Max(DecisionWaiters.MAX_WAIT_MILLIS)
        long waitMillis)
        implements ClaimBody {

    ClaimRequest toClaimRequest(HttpRequest<?> request, RequestId claimedBy) {
        return terms.toClaimRequest(key.resolve(request), claimedBy);
    }

    Duration maxWait() {
        return Duration.ofMillis(waitMillis);
    }
}
