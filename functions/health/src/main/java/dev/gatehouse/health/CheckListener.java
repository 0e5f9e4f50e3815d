package dev.gatehouse.health;

import dev.gatehouse.redis.health.RedisHealth;

/** Receives the result of each scheduled check, for its metrics or its log. */
@FunctionalInterface
public interface CheckListener {

    /** Called on the thread that completes the check. Must not block nor throw. */
    void checked(RedisHealth health);
}
