// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.redis.Deadline;
import java.util.concurrent.CompletionStage;

/**
 * Decides whether a request may pass, by its session and by the limits of its user and its address.
 *
 * <p>The contract, verified by {@code AuthorizerContract}:
 *
 * <ol>
 *   <li>Only the token of a live session with the required {@link Access} authorizes a request, unless the access is
 *       anonymous. The lookup counts as a use of that session.
 *   <li>The address's limits count every request, also without a session, which bounds attempts to guess tokens. All of
 *       them are charged, or none. If they deny, the result reveals nothing of the session.
 *   <li>The user's limits count requests of live sessions only, all sessions of a user together. All of them are charged,
 *       or none. A check of the same limits with the user's id as its subject charges the same units.
 *   <li>A request denied by its address's limits is not charged to its user's. A request denied by its user's limits is
 *       charged to its address's. A request that lacks the access is charged like an authorized one.
 *   <li>{@link AuthorizationRequest.OnLimit#FLAG} lets a request pass that a limit would deny, and marks it. It overrides
 *       no other denial.
 *   <li>Without a reply of Redis, the policies of sessions and limits decide, or the decision is unavailable. It is never
 *       {@code Unauthorized} for that reason.
 *   <li>Tenants are separate.
 *   <li>The stage completes by the deadline, and never exceptionally.
 * </ol>
 *
 * <p>A request without a decision may have been charged, and must not be repeated.
 */
public interface Authorizer {

    /** Decides {@code request} for {@code tenant}. */
    CompletionStage<Decision<Authorization>> authorize(String tenant, AuthorizationRequest request, Deadline deadline);
}
