package dev.gatehouse.telemetry;

/** Takes what happened. Called by whoever answers, when the answer is ready; does not block and does not throw. */
public interface Telemetry {

    /** The caller of the request under way is known by now. Only where one is served at a time does that tell whose it is. */
    default void recognized(String tenant) {}

    /** A request has its answer. */
    void answered(RequestFacts request);

    /** Redis was looked at, and this is how it is. */
    void looked(RedisFigures redis);
}
