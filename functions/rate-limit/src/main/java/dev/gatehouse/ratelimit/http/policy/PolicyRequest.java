// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.http.policy;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.web.json.JsonRecord;
import dev.gatehouse.web.json.Validatable;
import dev.gatehouse.web.json.ViolationCollector;
import io.micronaut.core.bind.annotation.Bindable;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Pattern;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The limit of a policy.
 *
 * @param quota the limit; not required, and not stored, if the policy is unlimited
 * @param shadow whether the policy only reports, by wouldDeny, what it would deny
 * @param unlimited whether the policy admits everything and counts nothing
 * @param whenDown the fallback policy while Redis is down: local (memory), open (all pass) or closed (503); by default the function's
 *     setting
 */
@JsonRecord
record PolicyRequest(
        @JsonUnwrapped Quota quota,

        @Bindable(defaultValue = "false") @Schema(requiredMode = Schema.RequiredMode.NOT_REQUIRED, nullable = true)
        boolean shadow,

        @Bindable(defaultValue = "false") @Schema(requiredMode = Schema.RequiredMode.NOT_REQUIRED, nullable = true)
        boolean unlimited,

        @Nullable
        @Schema(
                type = "string",
                allowableValues = {"local", "open", "closed"})
        @Pattern(regexp = "^(local|open|closed)$", message = "must be one of: local, open, closed")
        String whenDown)
        implements Validatable {

    @Override
    public void validate(ViolationCollector violations) {
        var _ = toLimit("unnamed", violations);
    }

    /** Returns the policy {@code name}, which must be a valid name. */
    Limit toLimit(String name) {
        return Objects.requireNonNull(toLimit(name, new ViolationCollector()));
    }

    private @Nullable Limit toLimit(String name, ViolationCollector violations) {
        return quota.toPolicy(name, null, shadow, unlimited, Quota.fallback(whenDown), violations);
    }
}
