// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.delivery;

import dev.gatehouse.jobs.QueueName;
import dev.gatehouse.jobs.TakenJob;
import dev.gatehouse.jobs.drain.JobResult;
import java.time.Duration;

/**
 * Receives jobs, and reports the result of each. May be called by several threads.
 *
 * <p>Holds connections until it is closed. Not to be kept while its process is frozen: the connections would be stale.
 */
public interface JobTarget extends AutoCloseable {

    /**
     * Delivers a job. Blocks for {@code limit} at most. After a failure the target may have done the job.
     *
     * @return the failure, with a reason that contains neither the address of the target nor the content of its reply, or that
     *     the job is done
     */
    JobResult deliver(QueueName queue, TakenJob job, Duration limit);

    /** Ends deliveries that are not complete. */
    @Override
    void close();
}
