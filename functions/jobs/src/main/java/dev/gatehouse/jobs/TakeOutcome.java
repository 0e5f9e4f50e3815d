// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The jobs that were taken, in the order in which they were due.
 *
 * @param nextDueAt the earliest time at which another job may be taken: not in the future if one can be taken already, else the
 *     earliest due time of a waiting job or end of a lease; empty if there is neither
 * @param waiting the number of jobs that wait, due or not
 * @param left whether the drainer has left, because no job could be taken. It need not take again, but a drainer is needed at
 *     {@code nextDueAt}
 */
public record TakeOutcome(List<TakenJob> jobs, Optional<Instant> nextDueAt, long waiting, boolean left) {

    public TakeOutcome {
        jobs = List.copyOf(jobs);
    }
}
