// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.drain;

import dev.gatehouse.jobs.TakenJob;

/** Works on jobs, on the calling thread or a virtual one. It may be called by several threads. */
@FunctionalInterface
public interface JobHandler {

    /**
     * Works on a job. It may run more than once, so the work must bear a repetition. An {@link Error} ends the drainer as a
     * crash does.
     *
     * @throws Exception if the attempt fails; the job is retried after the backoff, or is dead. The name of the class of the
     *     exception becomes the reason. The message does not, since it may hold secrets
     */
    JobResult handle(TakenJob job) throws Exception;
}
