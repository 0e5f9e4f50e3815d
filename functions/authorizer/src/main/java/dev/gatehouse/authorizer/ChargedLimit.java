package dev.gatehouse.authorizer;

import dev.gatehouse.ratelimit.Limit;

/**
 * A limit and the units that a request takes of it.
 *
 * @param cost at least 1, bounded as in {@link dev.gatehouse.ratelimit.LimitedSubject}
 */
public record ChargedLimit(Limit limit, long cost) {}
