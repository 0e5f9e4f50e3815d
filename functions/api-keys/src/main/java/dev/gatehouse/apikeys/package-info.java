// SPDX-License-Identifier: Apache-2.0
/**
 * API keys of the callers of one's own API, for programs as sessions are for users: issue, verify, rotate, change, revoke.
 * A key and the rate limits of its owner are decided together, in one round trip.
 */
@NullMarked
package dev.gatehouse.apikeys;

import org.jspecify.annotations.NullMarked;
