// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench.library;

import dev.gatehouse.bench.Contestant;

/** A contestant in this JVM. Every call must succeed. */
record Operation(String name, Role role, Call call) implements Contestant {

    /** One call of an operation. */
    @FunctionalInterface
    interface Call {

        /**
         * Waits for the result.
         *
         * @throws Exception if Redis did not decide, or the decision is unexpected
         */
        void run(String subject) throws Exception;
    }
}
