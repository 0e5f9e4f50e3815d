package dev.gatehouse.ratelimit.policy;

/** The outcome of putting a policy. */
public sealed interface Putting {

    /** It is kept under its name now. */
    record Stored() implements Putting {}

    /** There are {@link Policies#MAX_POLICIES} others; nothing was changed. */
    record TooMany() implements Putting {}
}
