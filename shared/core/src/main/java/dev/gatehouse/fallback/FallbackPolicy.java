package dev.gatehouse.fallback;

/** The behavior of an operation when Redis does not reply within the deadline. */
public enum FallbackPolicy {
    /** Makes no decision: the caller has to retry later. */
    CLOSED,
    /** Decides from this process's memory. */
    LOCAL,
    /** Allows every request. */
    OPEN
}
