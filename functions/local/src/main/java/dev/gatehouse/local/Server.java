package dev.gatehouse.local;

import dev.gatehouse.authorizer.GateSettings;
import dev.gatehouse.health.http.RedisChecks;
import dev.gatehouse.local.doctor.Commands;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.Reply;
import dev.gatehouse.redis.config.InvalidSetting;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.telemetry.LogSettings;
import dev.gatehouse.telemetry.Telemetry;
import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.io.IOException;
import java.net.BindException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The local run: every function on one server, at {@code http://localhost:8080} unless told otherwise. */
public final class Server implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Server.class);
    private static final String API_KEYS = "GATEHOUSE_API_KEYS";

    private final LocalRedis redis;
    private final ApplicationContext context;
    private final EmbeddedServer http;
    private final HealthSchedule checks;
    private final Welcome welcome;

    private Server(
            LocalRedis redis, ApplicationContext context, EmbeddedServer http, HealthSchedule checks, Welcome welcome) {
        this.redis = redis;
        this.context = context;
        this.http = http;
        this.checks = checks;
        this.welcome = welcome;
    }

    /** Serves until the process is told to end; or runs the command that {@code args} name, and ends with its exit code. */
    public static void main(String[] args) {
        if (args.length > 0) {
            System.exit(Commands.run(List.of(args), System.getenv(), System.out));
        }
        try {
            var server = start(System.getenv());
            Runtime.getRuntime().addShutdownHook(new Thread(server::close, "gatehouse-close"));
            endWithParent();
            server.welcome();
        } catch (IOException | RuntimeException e) {
            System.err.println("Gatehouse cannot start: " + reason(e));
            System.exit(1);
        }
    }

    /** A line of JSON where somebody collects such. */
    private void welcome() {
        if (LogSettings.fromEnvironment(System.getenv(), "text").json()) {
            LOG.info("{}", welcome.line());
        } else {
            System.out.print(welcome.text());
        }
    }

    /** A Maven that is ended, rather than interrupted, does not end what it runs; so it asks us to watch it. */
    private static void endWithParent() {
        if (Boolean.getBoolean("gatehouse.ends-with-parent")) {
            ProcessHandle.current().parent().ifPresent(parent -> {
                var _ = parent.onExit().thenRun(() -> System.exit(0));
            });
        }
    }

    /**
     * Starts a server by {@code environment}. Nothing is left running when it fails.
     *
     * @throws IOException if the embedded Redis does not start
     */
    static Server start(Map<String, String> environment) throws IOException {
        // What logs cannot read, they take for DEBUG.
        LogSettings.fromEnvironment(environment, "text");
        var checkInterval = HealthSchedule.interval(environment);
        var redis = LocalRedis.of(environment);
        try {
            return start(environment, redis, checkInterval);
        } catch (RuntimeException e) {
            redis.close();
            throw e;
        }
    }

    private static Server start(Map<String, String> environment, LocalRedis redis, Duration checkInterval) {
        var demoKey = needsKey(environment) ? DemoKey.generate() : null;
        var context = ApplicationContext.builder()
                .deduceEnvironment(false)
                .deduceCloudEnvironment(false)
                .banner(false)
                .properties(properties(environment, demoKey))
                .singletons(redis.settings())
                .build();
        try {
            context.start();
            awaitRedis(context, redis.settings());
            var http = context.getBean(EmbeddedServer.class).start();
            var checks = HealthSchedule.of(context.getBean(RedisChecks.class), checkInterval);
            return new Server(redis, context, http, checks, welcome(environment, http, redis, demoKey));
        } catch (RuntimeException e) {
            context.close();
            throw e;
        }
    }

    /** Waits for Redis as long as the settings say, and goes on without it then. */
    private static void awaitRedis(ApplicationContext context, RedisSettings settings) {
        var until = Deadline.in(settings.timeouts().start());
        while (settings.enabled() && !until.isSpent()) {
            var ping = context.getBean(RedisLink.class)
                    .ping(until.atMost(settings.decisionBudget()))
                    .toCompletableFuture();
            if (ping.join() instanceof Reply.Answered) {
                return;
            }
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        }
    }

    private static boolean needsKey(Map<String, String> environment) {
        return environment.getOrDefault(API_KEYS, "").isBlank()
                && environment.getOrDefault("GATEHOUSE_AUTH", "api-key").equals("api-key");
    }

    private static Map<String, Object> properties(Map<String, String> environment, @Nullable DemoKey demoKey) {
        var properties = new HashMap<String, Object>();
        properties.put("gatehouse.service", "true");
        // Only this machine may call, unless the environment says otherwise, as a container's must.
        properties.put("micronaut.server.host", host(environment));
        properties.put("micronaut.server.port", port(environment));
        for (var name : new String[] {
            "GATEHOUSE_AUTH",
            "GATEHOUSE_ENVIRONMENT",
            API_KEYS,
            "GATEHOUSE_IDEMPOTENCY_WHEN_DOWN",
            "GATEHOUSE_REPLAYS_WHEN_DOWN",
            "GATEHOUSE_RATE_LIMIT_WHEN_DOWN",
            "GATEHOUSE_LEASES_WHEN_DOWN",
            "GATEHOUSE_SESSIONS_WHEN_DOWN",
            "GATEHOUSE_REMEMBER_DENIALS",
            "GATEHOUSE_LOCAL_SHARE",
            "REDIS_LOG_COMMANDS"
        }) {
            Optional.ofNullable(environment.get(name)).ifPresent(value -> properties.put(property(name), value));
        }
        for (var name : GateSettings.NAMES) {
            Optional.ofNullable(environment.get(name)).ifPresent(value -> properties.put(property(name), value));
        }
        if (demoKey != null) {
            properties.put(property(API_KEYS), demoKey.setting());
            // The gate of the example looks for the sessions that were begun with this key.
            properties.putIfAbsent(property(GateSettings.TENANT), DemoKey.TENANT);
            properties.putIfAbsent(property(GateSettings.USER_LIMITS), "example=5/10");
        }
        return properties;
    }

    private static String host(Map<String, String> environment) {
        return given(environment, "MICRONAUT_SERVER_HOST", "localhost");
    }

    /** A port, or -1 or 0 for any that is free. */
    private static int port(Map<String, String> environment) {
        var port = given(environment, "MICRONAUT_SERVER_PORT", "8080");
        if (!port.matches("-1|[0-9]{1,5}") || Integer.parseInt(port) > 65_535) {
            throw new InvalidSetting("MICRONAUT_SERVER_PORT", "must be a whole number from 1 to 65535, not " + port);
        }
        return Integer.parseInt(port);
    }

    private static String given(Map<String, String> environment, String name, String otherwise) {
        var value = environment.getOrDefault(name, "").strip();
        return value.isEmpty() ? otherwise : value;
    }

    /** The name under which Micronaut knows an environment variable. */
    static String property(String variable) {
        return variable.toLowerCase(Locale.ROOT).replaceFirst("_", ".").replace('_', '-');
    }

    private static Welcome welcome(
            Map<String, String> environment, EmbeddedServer http, LocalRedis redis, @Nullable DemoKey demoKey) {
        var url = "http://localhost:" + http.getPort();
        if (demoKey != null) {
            return new Welcome(
                    url,
                    redis.description(),
                    " -H 'X-Api-Key: " + demoKey.value() + "'",
                    demoKey.value() + " (for this run)");
        }
        return "none".equals(environment.get("GATEHOUSE_AUTH"))
                ? new Welcome(url, redis.description(), "", "none needed")
                : new Welcome(
                        url, redis.description(), " -H \"X-Api-Key: $KEY\"", "one of " + API_KEYS + "; put it in KEY");
    }

    /** Where it serves. */
    int port() {
        return http.getPort();
    }

    /** What counts here. */
    Telemetry telemetry() {
        return context.getBean(Telemetry.class);
    }

    /** Stops serving, then the embedded Redis. */
    @Override
    public void close() {
        checks.close();
        context.close();
        redis.close();
    }

    private static String reason(Throwable failure) {
        var invalid = InvalidSetting.behind(failure);
        if (invalid != null) {
            return String.valueOf(invalid.getMessage());
        }
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindException) {
                return "cannot listen on %s:%d (%s). Choose another with MICRONAUT_SERVER_PORT or MICRONAUT_SERVER_HOST."
                        .formatted(host(System.getenv()), port(System.getenv()), cause.getMessage());
            }
        }
        return String.valueOf(failure.getMessage());
    }
}
