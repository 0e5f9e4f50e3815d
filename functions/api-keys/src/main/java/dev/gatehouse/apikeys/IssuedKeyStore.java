// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.apikeys;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.redis.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.CompletionStage;

/**
 * Issues, verifies, changes and ends API keys.
 *
 * <pre>
 *         issue, rotate            patch
 * absent ───────────────▶ live(digest, scopes, expiry) ──▶ live
 *   ▲                       │
 *   └───────────────────────┘ revoke; expiry; the end of the grace period after rotation
 * </pre>
 *
 * The contract, verified by {@code IssuedKeysContract}:
 *
 * <ol>
 *   <li>A key lives until it is revoked or expires. Without a lifetime it lives on. No operation brings back a key that
 *       has ended.
 *   <li>Only the text of a key verifies. The id lists, changes, rotates and revokes it.
 *   <li>A key verifies only if it has every required scope.
 *   <li>Rotation issues another key with the same owner and details and, if it has one, the same lifetime from now. The
 *       old key ends with the grace period, or earlier if it would. Repeating a rotation does not prolong it.
 *   <li>An owner never has more than {@link #MAX_KEYS} live keys.
 *   <li>An imported digest belongs to one owner at a time.
 *   <li>Issuing, rotating and revoking can be repeated after a lost reply, with the same secret and the same outcome.
 *   <li>Tenants are separate, and so are owners.
 *   <li>Every stage completes by its deadline, and never exceptionally.
 * </ol>
 */
public interface IssuedKeyStore {

    /** Bounds the keys of an owner, which are stored together. */
    int MAX_KEYS = 1000;

    /** The grace period of a rotation is at most a year of 365 days. */
    Duration MAX_GRACE = Duration.ofDays(365);

    /** Issues a key. */
    CompletionStage<Decision<Issuance>> issue(String tenant, IssueRequest request, Deadline deadline);

    /** Verifies a key, and that it has {@code scopes}. */
    CompletionStage<Decision<Verification>> verify(
            String tenant, PresentedKey key, SortedSet<String> scopes, Deadline deadline);

    /**
     * Issues a successor of a key.
     *
     * @param successor the secret of the new key, from {@link KeySecret#randomFor}
     * @param grace how long the old key stays valid, up to {@link #MAX_GRACE}
     */
    CompletionStage<Decision<Issuance>> rotate(
            String tenant, KeyId id, KeySecret successor, Duration grace, Deadline deadline);

    /** Changes a key. Returns it, or nothing if it is not live. */
    CompletionStage<Decision<Optional<IssuedKey>>> patch(String tenant, KeyId id, KeyPatch patch, Deadline deadline);

    /** Ends a key. Returns whether it was live. */
    CompletionStage<Decision<Boolean>> revoke(String tenant, KeyId id, Deadline deadline);

    /** Lists the live keys of an owner, newest first. */
    CompletionStage<Decision<List<IssuedKey>>> list(String tenant, OwnerId owner, Deadline deadline);
}
