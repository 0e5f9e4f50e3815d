// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.http;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.NOT_REQUIRED;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.idempotency.Lifetime;
import dev.gatehouse.idempotency.Response;
import dev.gatehouse.web.json.JsonRecord;
import io.micronaut.core.bind.annotation.Bindable;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The claim to complete, and the result of the work.
 *
 * @param response replayed to all later claims of the key
 * @param ttlSeconds the lifetime of the result; by default the one of the claim
 * @param keepAllHeaders whether to store hop-by-hop headers and Set-Cookie too
 */
@JsonRecord
record CompleteClaimRequest(
        @JsonUnwrapped ReleaseClaimRequest claim,
        ResultRequest response,
        @Nullable @Min(1) @Max(Lifetime.MAX_SECONDS) Long ttlSeconds,

        @Schema(requiredMode = NOT_REQUIRED, nullable = true) @Bindable(defaultValue = "false")
        boolean keepAllHeaders) {

    /** @throws dev.gatehouse.validation.InvalidArgument if the response has too many headers or too long a body */
    Response result() {
        var result = response.toResponse();
        return keepAllHeaders ? result : result.forReplay();
    }

    Optional<Lifetime> lifetime() {
        return Optional.ofNullable(ttlSeconds).map(Lifetime::new);
    }
}
