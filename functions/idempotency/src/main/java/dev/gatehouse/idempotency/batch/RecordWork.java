// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.batch;

/** The work of one record. */
@FunctionalInterface
public interface RecordWork<R> {

    /**
     * Processes the record. Runs on the thread of the invocation.
     *
     * @throws Exception if the work has failed and must be repeated; its claim is released
     */
    void process(R message) throws Exception;
}
