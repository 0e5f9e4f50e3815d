// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.health;

import dev.gatehouse.redis.health.RedisHealth;
import dev.gatehouse.redis.health.RedisHealth.Disconnected;
import dev.gatehouse.redis.health.Restriction;
import dev.gatehouse.redis.health.Warning;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs the health of Redis once, and again when it changes. */
final class CheckLog {

    private static final Logger LOG = LoggerFactory.getLogger(CheckLog.class);

    /** The last logged state. It has the types of warnings only, since their figures differ each time. */
    private record Logged(String status, List<Warning.Type> warnings, List<Restriction> restrictions) {}

    private final String url;
    private final AtomicReference<@Nullable Logged> latest = new AtomicReference<>();

    CheckLog(String url) {
        this.url = url;
    }

    void log(RedisHealth health) {
        var now = new Logged(
                health.status(), health.warnings().stream().map(Warning::type).toList(), health.restrictions());
        if (now.equals(latest.getAndSet(now))) {
            return;
        }
        if (health.status().equals("healthy")) {
            LOG.info("Redis at {} is healthy.{}", url, restrictions(health));
        } else {
            var error = health instanceof Disconnected disconnected ? ": " + disconnected.error() : "";
            LOG.warn("Redis at {} is {}{}. {}{}", url, health.status(), error, warnings(health), restrictions(health));
        }
    }

    private static String restrictions(RedisHealth health) {
        return health.restrictions().stream()
                .map(restriction -> " " + restriction.what())
                .collect(Collectors.joining());
    }

    private static String warnings(RedisHealth health) {
        return health.warnings().stream()
                .map(warning -> warning.what() + " " + warning.advice())
                .collect(Collectors.joining(" "));
    }
}
