// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache.http;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.NOT_REQUIRED;

import dev.gatehouse.cache.CacheLookup;
import dev.gatehouse.cache.Invalidation;
import dev.gatehouse.cache.LoadOwner;
import dev.gatehouse.fallback.DecisionWaiters;
import dev.gatehouse.web.json.JsonRecord;
import io.micronaut.core.bind.annotation.Bindable;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import java.util.List;

/**
 * The values to look up.
 *
 * @param waitMillis how long to wait for values that are missing and that others are loading
 */
@JsonRecord
record CacheLookupRequest(
        @Size(min = 1, max = Invalidation.MAX_KEYS) List<CacheLookupEntryRequest> entries,

        @Schema(requiredMode = NOT_REQUIRED, nullable = true)
        @Bindable(defaultValue = "0")
        @Min(0)
        @Max(DecisionWaiters.MAX_WAIT_MILLIS)
        long waitMillis) {

    /** @param owner the owner for entries without one */
    List<CacheLookup> toLookups(LoadOwner owner) {
        return entries.stream().map(entry -> entry.toLookup(owner)).toList();
    }
}
