package dev.gatehouse.ratelimit.policy;

/** The outcome of overriding a policy for a subject. */
public sealed interface Overriding {

    /** It applies to the subject now. */
    record Overridden() implements Overriding {}

    /** There is no policy of this name to override; nothing was changed. */
    record NoSuchPolicy() implements Overriding {}

    /** There are {@link Policies#MAX_OVERRIDES} others; nothing was changed. */
    record TooMany() implements Overriding {}
}
