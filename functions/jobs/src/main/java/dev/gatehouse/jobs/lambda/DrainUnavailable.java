// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.lambda;

/** The failure of a drain, in one line without secrets or stack trace. */
public final class DrainUnavailable extends RuntimeException {

    private static final long serialVersionUID = 1;

    DrainUnavailable() {
        super("Redis did not reply, so that jobs may be left. The next run takes them.", null, false, false);
    }
}
