package dev.gatehouse.telemetry;

/** Receives the results of requests and of Redis checks. Implementations must not block or throw. */
public interface Telemetry {

    /**
     * Reports the tenant of the current request, as soon as it is known. Identifies the request only in a process that
     * serves one at a time.
     */
    default void recordTenant(String tenant) {}

    /** Reports a request whose response is ready. */
    void recordRequest(RequestFacts request);

    /** Reports the figures from a check of Redis. */
    void recordCheck(RedisMetricValues redis);
}
