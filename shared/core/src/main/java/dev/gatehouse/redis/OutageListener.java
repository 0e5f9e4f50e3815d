package dev.gatehouse.redis;

import java.time.Duration;

/** Receives the start and the end of each outage, once each, and changes of the circuit breaker. Must not block. */
public interface OutageListener {

    /**
     * Redis no longer replies, or rejects writes.
     *
     * @param why in one line, without secrets
     */
    void lost(String why);

    /** Redis replies and accepts writes again. */
    void regained(Duration outage);

    /**
     * Reports a change of the circuit breaker. Quick changes may arrive in another order;
     * {@link RedisLink#circuitState} returns the current state.
     *
     * @param state {@code closed}, {@code open} or {@code half-open}
     */
    default void circuit(String state) {}
}
