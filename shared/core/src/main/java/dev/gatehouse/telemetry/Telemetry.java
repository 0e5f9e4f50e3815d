// SPDX-License-Identifier: Apache-2.0
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

    /** Counts one event at each call. Thread-safe. */
    @FunctionalInterface
    interface EventCounter {

        void increment();
    }

    /**
     * Returns a counter like {@link #count} whose events also have a label. To be created once, because it is looked up by
     * its texts.
     *
     * @param label a lower-case word, such as {@code policy}
     * @param value one of few values: the caller bounds their number
     */
    default EventCounter counter(String counter, String outcome, String label, String value) {
        return () -> {};
    }

    /** Reports a request whose response is ready. */
    void recordRequest(RequestFacts request);

    /** Reports the figures from a check of Redis. */
    void recordCheck(RedisMetricValues redis);
}
