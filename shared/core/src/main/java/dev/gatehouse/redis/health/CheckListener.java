package dev.gatehouse.redis.health;

/** Hears of each scheduled check, well or not: what writes the check's line of metrics, or its log. */
@FunctionalInterface
public interface CheckListener {

    /** A check is over. Called on the thread that learned of its end; must not block, nor throw. */
    void checked(RedisHealth health);
}
