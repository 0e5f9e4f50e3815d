// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.redis.Deadline;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Creates, finds, changes and ends sessions.
 *
 * <pre>
 *         create              touch, patch, rotate, elevate
 * absent ────────▶ live(token, idle deadline, deadline) ──▶ live
 *   ▲                │
 *   └────────────────┘ revoke; either deadline; eviction by a newer one
 * </pre>
 *
 * The contract, verified by {@code SessionsContract}:
 *
 * <ol>
 *   <li>A session lives until it is revoked, evicted or one of its deadlines passes. No operation brings back a session
 *       that has ended: only live sessions are changed.
 *   <li>Only the token opens a session. The id lists, changes and revokes it.
 *   <li>A touch moves the idle deadline, never beyond {@link Session#expiresAt}, which is fixed.
 *   <li>The clock may step back by more than a minute behind the last touch or rotation. The times of the session then go
 *       back with it at the next use, so that the step does not prolong the session.
 *   <li>Rotation keeps id, deadlines and attributes. Within the grace period the old token stays valid, and rotating it
 *       again returns the same successor without prolonging the grace period. The old token becomes invalid once the
 *       successor is rotated.
 *   <li>Elevation is a rotation that grants a level to the new token only. The level ends by itself, at the latest with the
 *       session. Later rotations pass it on. Within the grace period the old token keeps the level that it had. Elevating it
 *       again to the same level returns the same successor; rotating it, or elevating it to another level, is invalid. So
 *       is the elevation of a token that a rotation has replaced.
 *   <li>After its grace period, the outcome of each of the last eight replaced tokens is {@code Reused}. The {@link
 *       TokenReuse} of the session, else of the store, then decides whether the session ends. Tokens replaced earlier are
 *       invalid. A report is lost with its reply.
 *   <li>Concurrent creations never leave a user with more live sessions than the created one allows.
 *   <li>A patch with a version changes that version or nothing.
 *   <li>Creating, rotating, elevating and revoking can be repeated after a lost reply, with the same outcome. A patch with a
 *       version can be repeated too; its outcome is then that the version differs.
 *   <li>Tenants are separate, and so are users.
 *   <li>Every stage completes by its deadline, and never exceptionally.
 * </ol>
 */
public interface SessionStore {

    /** Creates a session. */
    CompletionStage<Decision<Creation>> create(String tenant, SessionRequest request, Deadline deadline);

    /**
     * Creates a session that takes over another, such as that of a visitor who has signed in. The new session also has the
     * attributes of {@code from} that the request lacks. When it is returned, {@code from} has ended. If no session was
     * created, {@code from} is unchanged. If the decision is unavailable, {@code from} is unchanged or has ended, and the
     * request can be repeated. If {@code from} opens no session, there is nothing to take over.
     *
     * <p>Not atomic, because the users of both are in different slots of a cluster: {@code from} is read, the session is
     * created, {@code from} is ended. No failure before the end of {@code from} loses the attributes. If only the reply to that
     * end is lost, a repetition finds nothing to take over. A concurrent patch of {@code from} may be lost, and two concurrent
     * creations may both take its attributes.
     *
     * @param from must not be the token of another user, whose attributes may grant rights
     */
    default CompletionStage<Decision<Creation>> create(
            String tenant, SessionRequest request, SessionToken from, Deadline deadline) {
        return lookup(tenant, from, Touch.LOOK, deadline).thenCompose(decision -> switch (decision) {
            case Decided<Lookup>(Lookup.Found(var session), var _) -> takeOver(tenant, request, session, deadline);
            case Decided<Lookup> _ -> create(tenant, request, deadline);
            case Unavailable<Lookup>(var retryAfter) -> CompletableFuture.completedStage(new Unavailable<>(retryAfter));
        });
    }

    private CompletionStage<Decision<Creation>> takeOver(
            String tenant, SessionRequest request, Session from, Deadline deadline) {
        return create(tenant, request.withMissing(from.attributes()), deadline)
                .thenCompose(decision -> decision instanceof Decided<Creation>(Creation.Created created, var _)
                        ? revoke(tenant, from.id(), deadline).thenApply(revoked -> revoked.map(_ -> created))
                        : CompletableFuture.completedStage(decision));
    }

    /** Finds the session of {@code token}. */
    CompletionStage<Decision<Lookup>> lookup(String tenant, SessionToken token, Touch touch, Deadline deadline);

    /**
     * Applies a JSON Merge Patch to the attributes. Does not count as use of the session.
     *
     * @param version the required version; empty for any
     */
    CompletionStage<Decision<Patching>> patch(
            String tenant, SessionId id, Attributes patch, OptionalLong version, Deadline deadline);

    /** Replaces {@code token} by a new one. */
    CompletionStage<Decision<Rotation>> rotate(String tenant, SessionToken token, Grace grace, Deadline deadline);

    /** Replaces {@code token} by a new one with a level of certainty. */
    CompletionStage<Decision<Rotation>> elevate(
            String tenant, SessionToken token, Rotation.Grant grant, Grace grace, Deadline deadline);

    /**
     * Ends one session.
     *
     * @return 1 if it was live, else 0
     */
    CompletionStage<Decision<Integer>> revoke(String tenant, SessionId id, Deadline deadline);

    /**
     * Ends all sessions of a user but {@code except}.
     *
     * @return the number of live sessions that were ended
     */
    CompletionStage<Decision<Integer>> revokeAll(
            String tenant, UserId user, Optional<SessionId> except, Deadline deadline);

    /** Lists the live sessions of a user, newest first; the last is the first to be evicted. */
    CompletionStage<Decision<List<Session>>> list(String tenant, UserId user, Deadline deadline);
}
