// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache.http;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.NOT_REQUIRED;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.cache.CacheValue;
import dev.gatehouse.cache.CacheWrite;
import dev.gatehouse.web.json.JsonRecord;
import dev.gatehouse.web.json.JsonValue;
import io.micronaut.core.bind.annotation.Bindable;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A value to store.
 *
 * @param value any JSON value of up to 200 KiB; returned as it was written, apart from white space
 * @param freshSeconds how long the value is fresh
 * @param staleSeconds how long it is returned as stale after that; both are at most 30 days
 * @param tags names by which the value can be invalidated; only with a scope
 */
@JsonRecord
record CachePutRequest(
        @JsonUnwrapped CacheKeyRequest key,

        @Schema(implementation = Object.class, ref = "#/components/schemas/AnyValue")
        JsonValue value,

        @Schema(example = "300") @Min(1) @Max(CacheWrite.MAX_SECONDS)
        long freshSeconds,

        @Schema(requiredMode = NOT_REQUIRED, nullable = true)
        @Bindable(defaultValue = "0")
        @Min(0)
        @Max(CacheWrite.MAX_SECONDS)
        long staleSeconds,

        @Schema(example = "[\"price-list\"]") @Nullable @Size(min = 0, max = CacheWrite.MAX_TAGS)
        List<String> tags) {

    /** @throws dev.gatehouse.validation.InvalidArgument if the value is too long, or members contradict each other */
    CacheWrite toWrite() {
        return new CacheWrite(
                key.toKey(),
                CacheValue.of(value.text()),
                freshSeconds,
                staleSeconds,
                tags == null ? Set.of() : Set.copyOf(tags));
    }

    /** Leaves out key and value. */
    @Override
    public String toString() {
        return "CachePutRequest[…]";
    }
}
