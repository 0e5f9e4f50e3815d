package dev.gatehouse.redis;

import java.time.Duration;

/** Hears of both ends of an outage, each once, and of the circuit. Called on the thread that noticed; must not block. */
public interface OutageListener {

    /**
     * Redis stopped answering, or writing.
     *
     * @param why in one line, without secrets
     */
    void lost(String why);

    /** Redis answers again, and writes. */
    void regained(Duration outage);

    /**
     * The circuit has changed. Changes that follow closely may be heard in another order;
     * {@link RedisLink#circuitState} tells what is.
     *
     * @param state {@code closed}, {@code open} or {@code half-open}
     */
    default void circuit(String state) {}
}
