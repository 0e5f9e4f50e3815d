// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.doctor;

import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.redis.health.RedisHealth;
import dev.gatehouse.redis.health.RedisHealth.Disconnected;
import dev.gatehouse.redis.health.RedisProbe;
import dev.gatehouse.redis.health.Warning;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * Waits until Redis serves.
 *
 * @param limit the longest wait
 */
record WaitCommand(RedisSettings settings, Duration limit) {

    private static final Duration PAUSE = Duration.ofMillis(100);

    /**
     * Returns the exit code: 0 once Redis is ready, 1 if it is not within the limit. The last attempt may end after the limit,
     * so that it can report the cause.
     */
    int await(PrintStream out) {
        var start = System.nanoTime();
        var end = Deadline.in(limit);
        try (var link = RedisLink.to(settings)) {
            var probe = new RedisProbe(link);
            while (true) {
                var health = probe.checkScript(Deadline.in(settings.decisionBudget()))
                        .toCompletableFuture()
                        .join();
                if (health.isServing()) {
                    out.println("Redis at " + settings.maskedUrl() + " is ready after "
                            + seconds(Duration.ofNanos(System.nanoTime() - start)) + ".");
                    return CommandLine.HEALTHY;
                }
                if (end.remainingNanos() <= PAUSE.toNanos()) {
                    out.println("Redis at " + settings.maskedUrl() + " is not ready after " + seconds(limit) + ": "
                            + why(health, link));
                    return CommandLine.UNHEALTHY;
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    private static String why(RedisHealth health, RedisLink link) {
        var warnings = health.warnings().stream()
                .filter(Warning::isBlocking)
                .map(warning -> warning.what() + " " + warning.advice())
                .collect(Collectors.joining(" "));
        if (!(health instanceof Disconnected disconnected)) {
            return warnings;
        }
        var failure = link.failure();
        return ((failure == null ? disconnected.error() : failure.reason()) + ". " + warnings).strip();
    }

    private static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
    }
}
