package dev.gatehouse.health.http;

import dev.gatehouse.redis.health.CheckListener;
import dev.gatehouse.redis.health.RedisHealth;
import dev.gatehouse.redis.health.RedisHealth.Disconnected;
import dev.gatehouse.redis.health.Warning;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says in the log how Redis is, once, and again when that changes. */
final class LoggedChecks implements CheckListener {

    private static final Logger LOG = LoggerFactory.getLogger(LoggedChecks.class);

    /** What was said; signs by their names, for the figures in them differ each time. */
    private record Said(String status, List<String> signs) {}

    private final String url;
    private final AtomicReference<@Nullable Said> said = new AtomicReference<>();

    LoggedChecks(String url) {
        this.url = url;
    }

    @Override
    public void checked(RedisHealth health) {
        var now = new Said(
                health.status(), health.signs().stream().map(Warning::name).toList());
        if (now.equals(said.getAndSet(now))) {
            return;
        }
        if (health.status().equals("healthy")) {
            LOG.info("Redis at {} is well.", url);
        } else if (!(health instanceof RedisHealth.Absent)) {
            LOG.warn("Redis at {} is {}{}. {}", url, health.status(), why(health), signs(health));
        }
    }

    private static String why(RedisHealth health) {
        return health instanceof Disconnected gone ? ": " + gone.error() : "";
    }

    private static String signs(RedisHealth health) {
        return health.signs().stream()
                .map(sign -> sign.what() + " " + sign.advice())
                .collect(Collectors.joining(" "));
    }
}
