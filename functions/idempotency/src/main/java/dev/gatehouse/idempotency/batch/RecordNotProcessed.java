// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.batch;

/** The reason why a record comes again although its work has not failed here. */
final class RecordNotProcessed extends Exception {

    private static final long serialVersionUID = 1;

    RecordNotProcessed(String reason) {
        super(reason, null, false, false);
    }
}
