// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench.jobs;

import dev.gatehouse.bench.Contestant;
import java.util.List;

/** A job queue with eight callers that enqueue and eight workers, on a database of Redis of its own. */
interface JobSystem extends Contestant, AutoCloseable {

    /** The callers that enqueue at once, and the jobs that run at once. */
    int WORKERS = 8;

    /** A JSON value of 200 bytes. */
    String PAYLOAD = "{\"text\":\"" + "x".repeat(189) + "\"}";

    /** The result of a run. */
    record Run(long jobs, double enqueueSeconds, double workSeconds) {

        /** Returns the jobs per second: in all, of enqueueing, of taking and completing. */
        List<Double> rates() {
            return List.of(jobs / (enqueueSeconds + workSeconds), jobs / enqueueSeconds, jobs / workSeconds);
        }
    }

    /** Returns the number of the database. */
    int database();

    /** Enqueues jobs one by one for this time, then takes and completes all. */
    Run run(int millis) throws Exception;

    /** Starts the workers that wait for jobs, if the system has any. They wait until the system is closed. */
    void startIdling() throws Exception;

    @Override
    void close();
}
