// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.OwnerOutcome;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.validation.InvalidArgument;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;

/**
 * Stores the present state of workflows, and refuses the stale writer.
 *
 * <pre>
 *                save                     save, merge: a greater version
 * absent ─────────────────▶ live(version) ──┐
 *   ▲                        │  ▲           │
 *   │                        │  └───────────┘
 *   └── delete, expiry ◀─────┘
 *
 *             claim                          take over, or claim after the end of the lease
 * unclaimed ────────▶ claimed(fence, lease) ──┐
 *   ▲                  │  ▲                   │
 *   │                  │  └───────────────────┘ a greater fence
 *   └── release ◀──────┘
 * </pre>
 *
 * A state can be claimed before it exists, and a claim outlasts its deletion. Writers need no claim: then only the version
 * protects them from each other. A writer with a claim passes its fence with each write.
 *
 * <p>The contract, verified by {@code StateContract} and {@code AnyStateTraceTest}:
 *
 * <ol>
 *   <li>Of any number of writes that expect the same version, or no state, exactly one succeeds.
 *   <li>A version stands for one content of one state. Versions and fences only grow. This also holds after a deletion, after
 *       the end of a state and after a step back of the clock by up to an hour.
 *   <li>An expected version never creates a state. {@link Expectation.Absent} never overwrites one.
 *   <li>Once a greater fence was granted, nothing with a lesser one changes anything, and its caller gets {@link
 *       WriteOutcome.WriterLost} every time. The fence is checked first. So a save that is repeated after another
 *       claim gets {@code WriterLost}, although it took effect the first time.
 *   <li>Otherwise a write that is repeated with its {@code saveId} changes nothing and gets the first outcome,
 *       marked as repeated, whatever its content. Other writes,
 *       a deletion or another claim may lie in between. The last {@value #REMEMBERED_WRITES} writes and deletions of a
 *       state are recognized.
 *   <li>Claims of one state have no effect on others. An owner that claims again gets the same fence, unless its
 *       claim was released or taken over. The lease then has at least the requested length. A claim whose lease has ended
 *       still writes until another is granted.
 *   <li>A lease is live until its end, exclusive. Steps back of the clock prolong it by its length at most, however many.
 *       A state ends at once, with all its members.
 *   <li>Members that a merge does not name keep their bytes.
 *   <li>Tenants, groups and ids are separate.
 *   <li>Every stage completes by its deadline, and never exceptionally. Each call can be repeated.
 * </ol>
 */
public interface StateStore {

    /** The number of last writes and deletions of a state that are recognized when they are repeated. */
    int REMEMBERED_WRITES = 8;

    /** The maximum number of writes in a batch. */
    int MAX_BATCH = 20;

    /**
     * Reads a state.
     *
     * @param knownVersion a version whose value the reader has, so that it is not returned again
     */
    CompletionStage<Decision<ReadOutcome>> read(
            String tenant, StateKey key, OptionalLong knownVersion, Deadline deadline);

    /** Saves or merges one state. */
    default CompletionStage<Decision<WriteOutcome>> save(String tenant, StateWrite write, Deadline deadline) {
        return saveAll(tenant, List.of(write), deadline).thenApply(decision -> decision.map(BatchOutcome::single));
    }

    /**
     * Saves or merges states of one group: all of them, or none.
     *
     * @param writes 1 to {@value #MAX_BATCH}, of different states; several must be in one group
     * @throws InvalidArgument otherwise
     */
    CompletionStage<Decision<BatchOutcome>> saveAll(String tenant, List<StateWrite> writes, Deadline deadline);

    /** Makes the claimant the writer of a state, and returns the state. */
    CompletionStage<Decision<StateClaimOutcome>> claim(String tenant, StateClaim claim, Deadline deadline);

    /**
     * Extends the lease. Never shortens it.
     *
     * @param leaseMillis the time that it lasts from now at least, 1 to {@link StateClaim#MAX_LEASE_MILLIS}
     * @return the end of the lease
     */
    CompletionStage<Decision<OwnerOutcome<Instant>>> extend(
            String tenant, StateKey key, long fence, long leaseMillis, Deadline deadline);

    /**
     * Ends the claim, so that others can claim and write.
     *
     * @return true if the claim was held
     */
    CompletionStage<Decision<OwnerOutcome<Boolean>>> release(
            String tenant, StateKey key, long fence, Deadline deadline);

    /**
     * Deletes a state. The outcome is {@link DeleteOutcome.Deleted} also if there is none, unless the fence is lost. With
     * {@link Expectation.Any}, a repetition deletes a state that was saved in between.
     *
     * @param fence the fence of the writer's claim; empty for a writer without one
     */
    CompletionStage<Decision<DeleteOutcome>> delete(
            String tenant, StateKey key, Expectation expect, OptionalLong fence, Deadline deadline);

    /**
     * Lists the states of a group, latest save first. A state that ends meanwhile is left out, so a page can have fewer
     * than {@code limit} states and yet a next one.
     *
     * @param limit 1 to {@link StatePage#MAX_LIMIT}
     * @param before the start of the page; empty for the first page
     */
    CompletionStage<Decision<StatePage>> list(
            String tenant, String group, int limit, Optional<StatePage.Cursor> before, Deadline deadline);

    /**
     * Checks the bounds of {@link #saveAll}.
     *
     * @throws InvalidArgument if {@code writes} exceed them
     */
    static void requireBatch(List<StateWrite> writes) {
        InvalidArgument.requireRange("saves", writes.size(), 1, MAX_BATCH);
        if (writes.stream().map(StateWrite::key).distinct().count() < writes.size()) {
            throw new InvalidArgument("saves", "must be of different states");
        }
        if (writes.size() > 1
                && (writes.getFirst().key().group().isEmpty()
                        || writes.stream()
                                        .map(write -> write.key().group())
                                        .distinct()
                                        .count()
                                > 1)) {
            throw new InvalidArgument("saves", "must be in one group");
        }
    }
}
