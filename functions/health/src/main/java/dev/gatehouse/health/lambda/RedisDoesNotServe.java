package dev.gatehouse.health.lambda;

import dev.gatehouse.redis.health.RedisHealth;
import dev.gatehouse.redis.health.RedisHealth.Absent;
import dev.gatehouse.redis.health.RedisHealth.Connected;
import dev.gatehouse.redis.health.RedisHealth.Disconnected;
import dev.gatehouse.redis.health.Warning;
import java.util.stream.Collectors;

/** The check's failure, in one line without secrets. It is for an operator, to whom a stack trace says nothing; so there is none. */
public final class RedisDoesNotServe extends RuntimeException {

    private static final long serialVersionUID = 1;

    private RedisDoesNotServe(String message) {
        super(message, null, false, false);
    }

    static RedisDoesNotServe at(String url, RedisHealth health) {
        var signs = health.signs().stream()
                .filter(Warning::stops)
                .map(sign -> " " + sign.what() + " " + sign.advice())
                .collect(Collectors.joining());
        return new RedisDoesNotServe(
                switch (health) {
                    case Disconnected gone -> "Redis at " + url + " is down: " + gone.error() + "." + signs;
                    case Connected _ -> "Redis at " + url + " does not serve." + signs;
                    case Absent _ -> throw new IllegalArgumentException("nothing fails by choice");
                });
    }
}
