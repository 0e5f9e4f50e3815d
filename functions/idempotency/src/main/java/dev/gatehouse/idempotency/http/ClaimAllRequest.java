// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.http;

import dev.gatehouse.idempotency.ClaimRequest;
import dev.gatehouse.idempotency.WaitingClaims.Claimant;
import dev.gatehouse.web.ClientConnection;
import dev.gatehouse.web.RequestId;
import dev.gatehouse.web.json.InvalidRequest;
import dev.gatehouse.web.json.JsonRecord;
import io.micronaut.http.HttpRequest;
import jakarta.validation.constraints.Size;
import java.util.List;

/**
 * Works to claim, each by itself.
 *
 * @param claims in order: the first of two claims of a key gets it
 */
@JsonRecord
record ClaimAllRequest(@Size(min = 1, max = 20) List<ClaimEntryRequest> claims) implements ClaimBody {

    /** @throws InvalidRequest if the request has a key in its header */
    List<ClaimRequest> toClaimRequests(HttpRequest<?> request, RequestId claimedBy) {
        if (request.getHeaders().contains(KeyRequest.HEADER)) {
            throw new InvalidRequest(KeyRequest.HEADER, "must be left out with claims");
        }
        return claims.stream().map(claim -> claim.toClaimRequest(claimedBy)).toList();
    }

    List<Claimant> claimants(ClientConnection connection) {
        return claims.stream().map(claim -> claim.terms().claimant(connection)).toList();
    }
}
