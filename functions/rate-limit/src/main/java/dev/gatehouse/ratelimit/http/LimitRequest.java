// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.http;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.web.json.JsonRecord;
import dev.gatehouse.web.json.Validatable;
import dev.gatehouse.web.json.ViolationCollector;
import io.micronaut.core.bind.annotation.Bindable;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/**
 * A limit, its subject and the units to charge: either policy, or name with limit and windowSeconds or period.
 *
 * @param cost units to charge; 0 only looks
 */
@JsonRecord
record LimitRequest(
        @JsonUnwrapped LimitSelector selector,

        @Bindable(defaultValue = "1")
        @Schema(requiredMode = Schema.RequiredMode.NOT_REQUIRED, nullable = true)
        @Min(0)
        @Max(Limit.MAX_UNITS)
        long cost)
        implements Validatable {

    @Override
    public void validate(ViolationCollector violations) {
        selector.validate(violations);
    }
}
