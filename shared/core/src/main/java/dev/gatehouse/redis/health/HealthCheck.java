// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.health;

import java.util.List;
import java.util.Locale;

/** An operation that the functions need of Redis, performed on a key that only the check uses and that expires. */
public enum HealthCheck {
    /** {@code PING}. */
    PING,
    /** {@code SET} with an expiry. */
    SET,
    /** {@code GET} of the value that {@link #SET} wrote. */
    GET,
    /** {@code DEL} of the key that {@link #SET} wrote. */
    DELETE,
    /** A script with each kind of command that the functions use, in the clock mode in force, by digest and by source. */
    SCRIPT,
    /** A script that reads the time, writes, reads and deletes a string, like a short decision. */
    STRING,
    /** A script that calls {@code TIME}; if Redis rejects it, scripts use the caller's clock. */
    TIME,
    /** A script on a hash. */
    HASH,
    /** A script on a list. */
    LIST,
    /** A script on a sorted set. */
    SORTED_SET,
    /** A script on a stream. */
    STREAM,
    /** A key that is gone once it has expired. */
    EXPIRY,
    /** A reply after Redis has closed the connection on {@code QUIT}, so on a new one. */
    RECONNECTION;

    /** The checks of {@code GET /health/redis}. */
    public static final List<HealthCheck> OPERATIONS = List.of(PING, SET, GET, DELETE);

    /** The checks of the scheduled check. */
    public static final List<HealthCheck> DEEP = List.of(PING, SET, GET, DELETE, SCRIPT);

    /** Returns the identifier used in responses: {@code ping}, {@code sorted-set}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
