package dev.gatehouse.telemetry;

/** Receives the results of requests and of Redis checks. Implementations must not block or throw. */
public interface Telemetry {

    /**
     * Reports the tenant of the current request, as soon as it is known. Identifies the request only in a process that
     * serves one at a time.
     */
    default void recordTenant(String tenant) {}

    /**
     * Counts a part of the current request. Must be called before the request is reported.
     *
     * @param counter lower-case words with dots, such as {@code cache.lookups}; few distinct values
     * @param outcome a lower-case word, such as {@code fresh}; few distinct values
     */
    default void count(String counter, String outcome) {}

    /** Reports a request whose response is ready. */
    void recordRequest(RequestFacts request);

    /** Reports the figures from a check of Redis. */
    void recordCheck(RedisMetricValues redis);
}
