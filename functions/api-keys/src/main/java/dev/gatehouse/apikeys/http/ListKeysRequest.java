// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.apikeys.http;

import dev.gatehouse.apikeys.OwnerId;
import dev.gatehouse.web.json.JsonRecord;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Size;

/**
 * The owner whose keys to list.
 *
 * @param ownerId the owner, as given when the keys were issued
 */
@JsonRecord
record ListKeysRequest(
        @Schema(example = "acme") @Size(min = 1, max = OwnerId.MAX_LENGTH)
        String ownerId) {

    /** Leaves out the owner. */
    @Override
    public String toString() {
        return "ListKeysRequest[…]";
    }
}
