package dev.gatehouse.ratelimit.policy;

/** The outcome of overriding a policy for a subject. */
public sealed interface Overriding {

    /** The override applies to the subject. */
    record Overridden() implements Overriding {}

    /** No policy of this name exists; nothing was changed. */
    record NoSuchPolicy() implements Overriding {}

    /** The tenant has {@link Policies#MAX_OVERRIDES} others; nothing was changed. */
    record TooMany() implements Overriding {}
}
