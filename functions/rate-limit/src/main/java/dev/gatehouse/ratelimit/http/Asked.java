package dev.gatehouse.ratelimit.http;

import dev.gatehouse.web.Reading;
import dev.gatehouse.web.Violation;

/** What a body asks for; the limits in it may be given by the names of policies. */
interface Asked<T> {

    /** Whether it can be told only by who knows the policies. */
    boolean namesPolicy();

    /** What is asked for, with its limits in place of their names. */
    Reading<T> in(KnownLimits known);

    /**
     * The fault of a body that names a policy that there is not.
     *
     * @param path where the limit stands: empty, or ending in a dot
     */
    static Violation unknownPolicy(String path) {
        return new Violation(path + "policy", "is not a known policy");
    }
}
