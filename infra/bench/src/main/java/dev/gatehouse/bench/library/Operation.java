package dev.gatehouse.bench.library;

import dev.gatehouse.bench.Contestant;

/** A contestant that threads of this JVM call; every call must succeed. */
record Operation(String name, Role role, Call call) implements Contestant {

    /** Does the work once. */
    @FunctionalInterface
    interface Call {

        /**
         * Waits for the result.
         *
         * @throws Exception if Redis did not decide, or decided otherwise
         */
        void run(String subject) throws Exception;
    }
}
