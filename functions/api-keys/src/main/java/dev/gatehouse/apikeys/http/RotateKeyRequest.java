// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.apikeys.http;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.NOT_REQUIRED;

import dev.gatehouse.web.json.JsonRecord;
import io.micronaut.core.bind.annotation.Bindable;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/**
 * The key to replace.
 *
 * @param id the id of the key
 * @param graceSeconds how long the old key stays valid; 0 ends it at once
 */
@JsonRecord
record RotateKeyRequest(
        @Schema(example = KeyIdText.ID) String id,

        @Schema(requiredMode = NOT_REQUIRED, nullable = true) @Bindable(defaultValue = "86400") @Min(0) @Max(31_536_000)
        long graceSeconds) {}
