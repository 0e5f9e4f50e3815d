// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache.http;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.NOT_REQUIRED;

import dev.gatehouse.cache.Invalidation;
import dev.gatehouse.web.json.JsonRecord;
import dev.gatehouse.web.json.JsonValue;
import io.micronaut.core.bind.annotation.Bindable;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The values to invalidate: at least one of keys, tags and all.
 *
 * @param keys each as in a lookup
 * @param scope the scope of the keys; required with tags or all
 * @param tags values with one of them are invalidated
 * @param all whether to invalidate all values of the scope
 * @param soft whether values become stale instead of missing
 */
@JsonRecord
record CacheInvalidateRequest(
        @ArraySchema(schema = @Schema(implementation = Object.class, ref = "#/components/schemas/CacheKey"))
        @Nullable
        @Size(min = 1, max = Invalidation.MAX_KEYS)
        List<JsonValue> keys,

        @Schema(example = "products")
        @Nullable
        @Pattern(regexp = CacheKeyRequest.SCOPE, message = CacheKeyRequest.SCOPE_RULE)
        String scope,

        @Schema(example = "[\"price-list\"]") @Nullable @Size(min = 1, max = Invalidation.MAX_KEYS)
        List<String> tags,

        @Schema(requiredMode = NOT_REQUIRED, nullable = true) @Bindable(defaultValue = "false")
        boolean all,

        @Schema(requiredMode = NOT_REQUIRED, nullable = true) @Bindable(defaultValue = "false")
        boolean soft) {

    /** @throws dev.gatehouse.validation.InvalidArgument if nothing is named, or a scope is missing */
    Invalidation toInvalidation() {
        var within = Optional.ofNullable(scope);
        return new Invalidation(
                within,
                keys == null
                        ? List.of()
                        : keys.stream()
                                .map(key -> CacheKeyRequest.toKey(within, key))
                                .toList(),
                tags == null ? Set.of() : Set.copyOf(tags),
                all,
                soft);
    }

    /** Leaves out keys and tags. */
    @Override
    public String toString() {
        return "CacheInvalidateRequest[…]";
    }
}
