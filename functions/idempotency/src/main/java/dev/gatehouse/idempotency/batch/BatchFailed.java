// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.batch;

import java.util.List;

/**
 * Signals that records of an event failed whose source has no partial responses. Lambda then sends the whole event again,
 * and records that are done are skipped. The reason of each record is suppressed.
 */
public final class BatchFailed extends RuntimeException {

    private static final long serialVersionUID = 1;

    BatchFailed(List<RecordFailure> failures, int records) {
        super(failures.size() + " of " + records + " records failed", null, true, false);
        failures.forEach(failure -> addSuppressed(failure.reason()));
    }
}
