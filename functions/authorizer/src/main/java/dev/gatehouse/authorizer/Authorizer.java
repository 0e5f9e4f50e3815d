package dev.gatehouse.authorizer;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.redis.Deadline;
import java.util.concurrent.CompletionStage;

/**
 * Decides whether a request may pass, by its session and by the limits of its user and its address.
 *
 * <p>What every implementation keeps, and {@code AuthorizerContract} checks:
 *
 * <ol>
 *   <li>Only the token of a live session authorises, and the lookup is a use of that session.
 *   <li>The address's limits count every request, also one without a session: whoever tries tokens runs out of room. They
 *       are all charged or none, and where they deny, nothing is told of the session.
 *   <li>The user's limits count requests of live sessions only, all sessions of a user together, and are all charged or
 *       none. What a check of the same limits with the user's id as its subject charges is the same.
 *   <li>A request that does not pass because of its address's limits does not count against its user's. One that does not
 *       pass because of its user's counts against its address's.
 *   <li>{@link AuthorizationRequest.OnLimit#FLAG} lets pass with a mark what else would be denied for want of room; nothing
 *       else is let pass by it.
 *   <li>Whatever is not known for want of Redis is decided by the policies of sessions and limits, or not at all; it is never
 *       called unauthorized for that.
 *   <li>Tenants are apart.
 *   <li>The stage completes by the deadline, and never exceptionally.
 * </ol>
 *
 * <p>A request without an answer may have been charged, and is not to be asked again.
 */
public interface Authorizer {

    /** Decides {@code request} for {@code tenant}. */
    CompletionStage<Decision<Authorization>> authorize(String tenant, AuthorizationRequest request, Deadline deadline);
}
