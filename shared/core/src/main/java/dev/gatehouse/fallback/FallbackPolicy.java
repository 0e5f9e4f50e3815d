package dev.gatehouse.fallback;

/** What an operation does when Redis does not answer within the deadline. */
public enum FallbackPolicy {
    /** Refuses to decide: the caller is told to come back. */
    CLOSED,
    /** Decides from this process's memory alone. */
    LOCAL,
    /** Lets everything pass. */
    OPEN
}
