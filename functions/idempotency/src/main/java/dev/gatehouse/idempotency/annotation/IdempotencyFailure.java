// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.annotation;

import java.time.Duration;

/**
 * Thrown by an {@link Idempotent} method with a key that has no result for this call and has not run in it. The exceptions of
 * the method itself are not of this type.
 */
public abstract sealed class IdempotencyFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    private IdempotencyFailure(String message) {
        // The stack trace adds no information.
        super(message, null, false, false);
    }

    /** The key of the call is null or empty. In HTTP: 400. */
    public static final class KeyMissing extends IdempotencyFailure {

        private static final long serialVersionUID = 1;

        KeyMissing() {
            super("the key is null or empty");
        }
    }

    /** Another call with the key runs the method. In HTTP: 409 with {@code Retry-After}. */
    public static final class InFlight extends IdempotencyFailure {

        private static final long serialVersionUID = 1;

        private final Duration retryAfter;

        InFlight(Duration retryAfter) {
            super("a call with the same key is in progress");
            this.retryAfter = retryAfter;
        }

        /** Returns the time until the lease of the other call ends, unless it is renewed. */
        public Duration retryAfter() {
            return retryAfter;
        }
    }

    /** The key was used with another fingerprint. In HTTP: 422. */
    public static final class KeyReused extends IdempotencyFailure {

        private static final long serialVersionUID = 1;

        KeyReused() {
            super("the key was used with another fingerprint");
        }
    }

    /** Redis did not reply. A repetition is safe. In HTTP: 503 with {@code Retry-After}. */
    public static final class StoreUnavailable extends IdempotencyFailure {

        private static final long serialVersionUID = 1;

        private final Duration retryAfter;

        StoreUnavailable(Duration retryAfter) {
            super("Redis did not reply, and the method was not run");
            this.retryAfter = retryAfter;
        }

        /** Returns the time after which a repetition may succeed. */
        public Duration retryAfter() {
            return retryAfter;
        }
    }

    /**
     * An earlier call has run the method, but its result cannot be returned: it was too large, it had no JSON form, or it is
     * not of the type that the method has now. The method does not run again. In HTTP: 500.
     */
    public static final class ResultUnavailable extends IdempotencyFailure {

        private static final long serialVersionUID = 1;

        ResultUnavailable(String message) {
            super(message);
        }
    }
}
