// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis;

import java.time.Duration;

/** Receives the start and the end of each outage, once each, and changes of the circuit breaker. Must not block. */
public interface OutageListener {

    /** The state of the circuit breaker. The text is {@code closed}, {@code open} or {@code half-open}. */
    enum CircuitState {
        CLOSED("closed"),
        OPEN("open"),
        HALF_OPEN("half-open");

        private final String text;

        CircuitState(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /**
     * Reports that Redis no longer replies, or rejects writes.
     *
     * @param reason the reason in one line, without secrets
     */
    void lost(String reason);

    /** Reports that Redis replies and accepts writes again, after an outage of that length. */
    void regained(Duration outage);

    /**
     * Reports a change of the circuit breaker. Changes in quick succession may arrive in another order;
     * {@link RedisLink#circuitState} returns the current state.
     */
    default void circuit(CircuitState state) {}
}
