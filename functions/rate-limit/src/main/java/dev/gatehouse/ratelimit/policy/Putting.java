package dev.gatehouse.ratelimit.policy;

/** The outcome of storing a policy. */
public sealed interface Putting {

    /** The policy is stored under its name. */
    record Stored() implements Putting {}

    /** The tenant has {@link Policies#MAX_POLICIES} others; nothing was changed. */
    record TooMany() implements Putting {}
}
