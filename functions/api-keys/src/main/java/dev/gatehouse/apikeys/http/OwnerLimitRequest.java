// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.apikeys.http;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.http.LimitChoice;
import dev.gatehouse.web.json.JsonRecord;
import dev.gatehouse.web.json.Validatable;
import dev.gatehouse.web.json.ViolationCollector;
import io.micronaut.core.bind.annotation.Bindable;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/**
 * A limit of the key's owner and the units to charge: either policy, or name with limit and windowSeconds or period. The
 * owner is its subject: all keys of an owner count together, and with checks of the same limit for the owner's id.
 *
 * @param cost units to charge; 0 only looks
 */
@JsonRecord
record OwnerLimitRequest(
        @JsonUnwrapped LimitChoice choice,

        @Bindable(defaultValue = "1")
        @Schema(requiredMode = Schema.RequiredMode.NOT_REQUIRED, nullable = true)
        @Min(0)
        @Max(Limit.MAX_UNITS)
        long cost)
        implements Validatable {

    @Override
    public void validate(ViolationCollector violations) {
        choice.validate(violations);
    }
}
