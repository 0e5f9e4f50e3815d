// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.http.policy;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of policies.
 *
 * @param policies at most 100, in the order of their names
 * @param next the value of after for the next page; null if this is the last
 */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.ALWAYS)
record PolicyPage(
        List<PolicyResponse> policies,

        @Schema(nullable = true, requiredMode = Schema.RequiredMode.REQUIRED) @Nullable
        String next) {}
