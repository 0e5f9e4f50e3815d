// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs;

import java.time.Instant;
import java.util.Optional;

/**
 * The state of a queue that a drainer leaves.
 *
 * @param attended whether nothing is left to do at once, or another drainer attends. If false, the one that leaves must start
 *     another: jobs are due whose enqueuers rely on it
 * @param nextDueAt as in {@link TakeOutcome}
 */
public record LeaveOutcome(boolean attended, Optional<Instant> nextDueAt) {}
