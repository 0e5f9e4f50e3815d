// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.micronaut.serde.annotation.Serdeable;

/**
 * The outcome of ending the sessions of a user.
 *
 * @param revoked how many sessions were ended
 * @param degraded whether they were ended in the memory of this process only
 */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.ALWAYS)
record SessionsRevokedResponse(int revoked, boolean degraded) {}
