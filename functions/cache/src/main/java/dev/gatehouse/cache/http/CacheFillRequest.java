// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache.http;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.cache.LoadOwner;
import dev.gatehouse.web.json.JsonRecord;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Pattern;

/**
 * A value that was loaded under a lease.
 *
 * @param owner the owner of the lease
 */
@JsonRecord
record CacheFillRequest(
        @JsonUnwrapped CachePutRequest write,

        @Schema(example = CacheLookupEntryRequest.OWNER_EXAMPLE)
        @Pattern(regexp = CacheLookupEntryRequest.OWNER, message = CacheLookupEntryRequest.OWNER_RULE)
        String owner) {

    LoadOwner toOwner() {
        return new LoadOwner(owner);
    }

    /** Leaves out key, value and owner. */
    @Override
    public String toString() {
        return "CacheFillRequest[…]";
    }
}
