// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache.http;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.NOT_REQUIRED;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.cache.CacheLookup;
import dev.gatehouse.cache.LoadOwner;
import dev.gatehouse.web.json.JsonRecord;
import io.micronaut.core.bind.annotation.Bindable;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;

/**
 * A load that has failed.
 *
 * @param owner the owner of the lease
 * @param holdMillis the time during which nobody gets a lease of the key; stale values are still returned
 */
@JsonRecord
record CacheReleaseRequest(
        @JsonUnwrapped CacheKeyRequest key,

        @Schema(example = CacheLookupEntryRequest.OWNER_EXAMPLE)
        @Pattern(regexp = CacheLookupEntryRequest.OWNER, message = CacheLookupEntryRequest.OWNER_RULE)
        String owner,

        @Schema(requiredMode = NOT_REQUIRED, nullable = true)
        @Bindable(defaultValue = "0")
        @Min(0)
        @Max(CacheLookup.MAX_LEASE_MILLIS)
        long holdMillis) {

    LoadOwner toOwner() {
        return new LoadOwner(owner);
    }

    /** Leaves out key and owner. */
    @Override
    public String toString() {
        return "CacheReleaseRequest[…]";
    }
}
