package dev.gatehouse.session;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.redis.Deadline;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;

/**
 * Whose session a token opens.
 *
 * <pre>
 *         create              touch, patch, rotate
 * absent ────────▶ live(token, idle deadline, deadline) ──▶ live
 *   ▲                │
 *   └────────────────┘ revoke; either deadline; eviction by a newer one
 * </pre>
 *
 * What every implementation keeps, and {@code SessionsContract} checks:
 *
 * <ol>
 *   <li>A session lives until it is revoked, evicted or one of its deadlines comes, and not a moment longer. Nothing brings
 *       back one that has ended: what changes a session changes a live one only.
 *   <li>Only its token opens a session. An id lists, changes and revokes it.
 *   <li>A touch puts off the idle deadline, never beyond {@link Session#expiresAt}, which nothing changes.
 *   <li>Rotating keeps id, deadlines and attributes. Within the grace the old token opens the session still, and rotating
 *       that one again gives the same successor; it does not prolong the grace. Once the successor is rotated in its turn,
 *       the token before it opens nothing.
 *   <li>Of any number of concurrent creations no user ever has more live sessions than the one that is created allows.
 *   <li>A change of attributes that names a version changes that version or nothing.
 *   <li>Revoking again is the same as revoking. Creating, rotating and revoking may be asked again when the answer was
 *       lost; so may a change that names its version, which then tells that the version differs.
 *   <li>Tenants are apart, and so are users.
 *   <li>The stage completes by the deadline, and never exceptionally.
 * </ol>
 */
public interface Sessions {

    /** Begins a session. */
    CompletionStage<Decision<Creation>> create(String tenant, SessionRequest request, Deadline deadline);

    /** Finds the session that {@code token} opens. */
    CompletionStage<Decision<Lookup>> lookup(String tenant, SessionToken token, Touch touch, Deadline deadline);

    /**
     * Applies a JSON Merge Patch to the attributes. It is no use of the session.
     *
     * @param version that it must be at; empty: any
     */
    CompletionStage<Decision<Patching>> patch(
            String tenant, SessionId id, Attributes patch, OptionalLong version, Deadline deadline);

    /** Exchanges {@code token} for another. */
    CompletionStage<Decision<Rotation>> rotate(String tenant, SessionToken token, Grace grace, Deadline deadline);

    /** Ends one session. */
    CompletionStage<Decision<Revoked>> revoke(String tenant, SessionId id, Deadline deadline);

    /** Ends all of a user's sessions, but for {@code except}. */
    CompletionStage<Decision<Revoked>> revokeAll(
            String tenant, UserId user, Optional<SessionId> except, Deadline deadline);

    /** A user's live sessions, the newest first; the last of them is the one that makes room first. */
    CompletionStage<Decision<List<Session>>> list(String tenant, UserId user, Deadline deadline);
}
