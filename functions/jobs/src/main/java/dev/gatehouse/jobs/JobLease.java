// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs;

import dev.gatehouse.validation.InvalidArgument;

/**
 * Names a job and the lease by which its caller has it.
 *
 * @param id the id of the job
 * @param lease the lease; a secret
 */
public record JobLease(String id, String lease) {

    public JobLease {
        NewJob.requireId(id);
        InvalidArgument.requireVisible("lease", lease, 1, NewJob.MAX_LENGTH);
    }

    /** Leaves out id and lease. */
    @Override
    public String toString() {
        return "JobLease[…]";
    }
}
