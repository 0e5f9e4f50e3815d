// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache.http;

import dev.gatehouse.cache.CacheKey;
import dev.gatehouse.validation.InvalidArgument;
import dev.gatehouse.web.json.JsonRecord;
import dev.gatehouse.web.json.JsonValue;
import dev.gatehouse.web.json.Validatable;
import dev.gatehouse.web.json.ViolationCollector;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Pattern;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The key of a value.
 *
 * @param key 1 to 255 visible ASCII characters, or any other JSON value but null, such as a whole request; compared in its
 *     canonical form, and without integers beyond 2^53
 * @param scope a namespace of keys whose values can have tags and be invalidated together
 */
@JsonRecord
record CacheKeyRequest(
        @Schema(implementation = Object.class, ref = "#/components/schemas/CacheKey")
        JsonValue key,

        @Schema(example = "products") @Nullable @Pattern(regexp = SCOPE, message = SCOPE_RULE)
        String scope)
        implements Validatable {

    static final String SCOPE = "^[!-~]{1,128}$";
    static final String SCOPE_RULE = "must be 1 to 128 visible ASCII characters";

    @Override
    public void validate(ViolationCollector violations) {
        try {
            toKey(Optional.empty(), key);
        } catch (InvalidArgument e) {
            violations.add(e.field(), Objects.requireNonNull(e.getMessage()));
        }
    }

    CacheKey toKey() {
        return toKey(Optional.ofNullable(scope), key);
    }

    /** @throws InvalidArgument if {@code key} is null, too long or has no canonical form */
    static CacheKey toKey(Optional<String> scope, JsonValue key) {
        return switch (key) {
            case JsonValue.Text(var text, var _) -> CacheKey.of(scope, text);
            case JsonValue.Null _ -> CacheKey.of(scope, "");
            case JsonValue.Numeral _, JsonValue.Flag _, JsonValue.Array _, JsonValue.Members _ ->
                CacheKey.ofJson(scope, key.text());
        };
    }

    /** Leaves out key and scope. */
    @Override
    public String toString() {
        return "CacheKeyRequest[…]";
    }
}
