package dev.gatehouse.redis;

import java.time.Duration;

/** Hears of both ends of an outage, each once. Called on the thread that noticed; must not block. */
public interface LinkListener {

    /**
     * Redis stopped answering.
     *
     * @param why in one line, without secrets
     */
    void lost(String why);

    /** Redis answers again. */
    void regained(Duration outage);
}
