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
import org.jspecify.annotations.Nullable;

/**
 * A value to look up.
 *
 * @param leaseMillis how long the caller may load before another gets the lease; 0 for a lookup without a lease
 * @param owner identifies one load, generated if absent; a repeated lookup with it returns the same lease
 */
@JsonRecord
record CacheLookupEntryRequest(
        @JsonUnwrapped CacheKeyRequest key,

        @Schema(requiredMode = NOT_REQUIRED, nullable = true)
        @Bindable(defaultValue = "10000")
        @Min(0)
        @Max(CacheLookup.MAX_LEASE_MILLIS)
        long leaseMillis,

        @Schema(example = OWNER_EXAMPLE) @Nullable @Pattern(regexp = OWNER, message = OWNER_RULE)
        String owner) {

    static final String OWNER = "^[!-~]{1,128}$";
    static final String OWNER_RULE = "must be 1 to 128 visible ASCII characters";
    static final String OWNER_EXAMPLE = "mQ8Yd1vXy0S3o7Z9aBcDeF";

    CacheLookup toLookup(LoadOwner generated) {
        return new CacheLookup(key.toKey(), owner == null ? generated : new LoadOwner(owner), leaseMillis);
    }

    /** Leaves out key and owner. */
    @Override
    public String toString() {
        return "CacheLookupEntryRequest[…]";
    }
}
