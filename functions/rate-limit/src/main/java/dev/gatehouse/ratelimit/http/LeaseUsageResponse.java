// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.gatehouse.ratelimit.lease.LeaseUsage;
import dev.gatehouse.web.Timestamp;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The live leases of a name and subject.
 *
 * @param inUse the number of live leases
 * @param limit the maximum of live leases for the subject; only if the request names a policy
 * @param ends the ends of those that end first, in order; at most 100
 * @param degraded whether these are the leases of one process, without Redis
 */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.ALWAYS)
record LeaseUsageResponse(
        long inUse,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long limit,

        @ArraySchema(schema = @Schema(type = "string", format = "date-time"))
        List<String> ends,

        boolean degraded) {

    static LeaseUsageResponse of(LeaseUsage usage, @Nullable Long limit, boolean degraded) {
        var ends =
                usage.ends().stream().map(end -> new Timestamp(end).toString()).toList();
        return new LeaseUsageResponse(usage.inUse(), limit, ends, degraded);
    }
}
