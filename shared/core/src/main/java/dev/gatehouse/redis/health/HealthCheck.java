package dev.gatehouse.redis.health;

import java.util.List;
import java.util.Locale;

/** Something the functions need of Redis, to be tried on a key of the trial's own that expires. */
public enum HealthCheck {
    /** {@code PING}. */
    PING,
    /** {@code SET} with an expiry. */
    SET,
    /** {@code GET} of what was set. */
    GET,
    /** {@code DEL} of what was set. */
    DELETE,
    /** A script that writes, reads and deletes. */
    SCRIPT,
    /** A script that asks for the time; where it may not, scripts go by the caller's clock. */
    TIME,
    /** A script on a hash. */
    HASH,
    /** A script on a list. */
    LIST,
    /** A script on a sorted set. */
    SORTED_SET,
    /** A key that is gone when its time is over. */
    EXPIRY;

    /** What {@code GET /health/redis} performs. */
    public static final List<HealthCheck> OPERATIONS = List.of(PING, SET, GET, DELETE);

    /** What the scheduled check performs. */
    public static final List<HealthCheck> DEEP = List.of(PING, SET, GET, DELETE, SCRIPT);

    /** Its name in answers: {@code ping}, {@code sorted-set}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
