// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer.lambda;

/** The form of response that a kind of API accepts. */
enum ResponseFormat {
    /** The simple response of HTTP APIs with payload format 2.0. */
    SIMPLE,
    /** The IAM policy of HTTP APIs with payload format 1.0. */
    POLICY,
    /** The IAM policy of REST and WebSocket APIs, which turn the failure {@code Unauthorized} into a 401. */
    POLICY_OR_FAILURE
}
