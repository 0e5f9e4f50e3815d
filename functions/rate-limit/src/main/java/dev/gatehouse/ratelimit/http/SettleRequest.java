package dev.gatehouse.ratelimit.http;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.Settlement;
import dev.gatehouse.ratelimit.policy.PolicySnapshot;
import dev.gatehouse.web.json.InvalidRequest;
import dev.gatehouse.web.json.JsonRecord;
import dev.gatehouse.web.json.Validatable;
import dev.gatehouse.web.json.ViolationCollector;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.util.Objects;

/**
 * The units that were reserved and those that were needed.
 *
 * @param reserved units that a check charged
 * @param actual units that were needed
 */
@JsonRecord
record SettleRequest(
        @JsonUnwrapped LimitSelector selector,
        @Min(0) @Max(Limit.MAX_UNITS) long reserved,
        @Min(0) @Max(Limit.MAX_UNITS) long actual)
        implements Validatable {

    @Override
    public void validate(ViolationCollector violations) {
        selector.validate(violations);
    }

    /**
     * Returns the settlement.
     *
     * @throws InvalidRequest if the policy is unknown
     */
    Settlement toSettlement(PolicySnapshot policies) {
        var violations = new ViolationCollector();
        var limit = selector.toLimit(policies, violations);
        violations.throwIfAny();
        return new Settlement(Objects.requireNonNull(limit), selector.subject(), reserved, actual);
    }
}
