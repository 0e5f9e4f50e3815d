package dev.gatehouse.telemetry;

/** Takes what happened. Called by whoever answers, when the answer is ready; does not block and does not throw. */
public interface Telemetry {

    /** A request has its answer. */
    void answered(RequestFacts request);

    /** Redis was looked at, and this is how it is. */
    void looked(RedisFigures redis);
}
