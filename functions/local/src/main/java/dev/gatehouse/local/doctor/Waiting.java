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
 * Waits until Redis takes writes.
 *
 * @param limit for how long
 */
record Waiting(RedisSettings settings, Duration limit) {

    private static final Duration PAUSE = Duration.ofMillis(100);

    /**
     * Tells the exit code: 0 as soon as it is ready, 1 if it is not so within the limit. The last attempt has its time, so
     * that it finds out why; it may end so much later.
     */
    int await(PrintStream out) {
        var start = System.nanoTime();
        var end = Deadline.in(limit);
        try (var link = RedisLink.to(settings)) {
            var probe = new RedisProbe(link);
            while (true) {
                var health = probe.glance(Deadline.in(settings.decisionBudget()))
                        .toCompletableFuture()
                        .join();
                if (health.serves()) {
                    out.println("Redis at " + settings.maskedUrl() + " is ready after "
                            + seconds(Duration.ofNanos(System.nanoTime() - start)) + ".");
                    return Commands.WELL;
                }
                if (end.remainingNanos() <= PAUSE.toNanos()) {
                    out.println("Redis at " + settings.maskedUrl() + " is not ready after " + seconds(limit) + ": "
                            + why(health, link));
                    return Commands.UNWELL;
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    private static String why(RedisHealth health, RedisLink link) {
        var signs = health.signs().stream()
                .filter(Warning::stops)
                .map(sign -> sign.what() + " " + sign.advice())
                .collect(Collectors.joining(" "));
        if (!(health instanceof Disconnected gone)) {
            return signs;
        }
        var failure = link.failure();
        return ((failure == null ? gone.error() : failure.why()) + ". " + signs).strip();
    }

    private static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
    }
}
