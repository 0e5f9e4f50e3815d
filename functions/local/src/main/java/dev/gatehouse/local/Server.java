// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local;

import dev.gatehouse.authorizer.AuthorizerSettings;
import dev.gatehouse.health.RedisChecks;
import dev.gatehouse.jobs.delivery.DrainSettings;
import dev.gatehouse.local.console.ConsoleAccess;
import dev.gatehouse.local.doctor.CommandLine;
import dev.gatehouse.local.jobs.DrainLoop;
import dev.gatehouse.local.metrics.ServerMetrics;
import dev.gatehouse.local.traffic.ExampleTraffic;
import dev.gatehouse.realtime.socket.ChannelRights;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.EnvironmentVariables;
import dev.gatehouse.redis.config.InvalidSetting;
import dev.gatehouse.redis.config.NameCache;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.redis.health.RedisHealth.Disconnected;
import dev.gatehouse.redis.health.RedisProbe;
import dev.gatehouse.telemetry.LogSettings;
import dev.gatehouse.telemetry.Telemetry;
import io.micronaut.context.ApplicationContext;
import io.micronaut.context.env.PropertySource;
import io.micronaut.context.env.PropertySource.Origin;
import io.micronaut.context.env.PropertySource.PropertyConvention;
import io.micronaut.runtime.server.EmbeddedServer;
import java.io.IOException;
import java.net.BindException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs every function on one server, by default at {@code http://localhost:8080}. */
public final class Server implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Server.class);
    private static final String API_KEYS = "GATEHOUSE_API_KEYS";

    private final LocalRedis redis;
    private final ApplicationContext context;
    private final EmbeddedServer http;
    private final HealthSchedule checks;
    private final Optional<DrainLoop> drains;
    private final Optional<ExampleTraffic> traffic;
    private final Welcome welcome;

    private Server(
            LocalRedis redis,
            ApplicationContext context,
            EmbeddedServer http,
            HealthSchedule checks,
            Optional<DrainLoop> drains,
            Optional<ExampleTraffic> traffic,
            Welcome welcome) {
        this.redis = redis;
        this.context = context;
        this.http = http;
        this.checks = checks;
        this.drains = drains;
        this.traffic = traffic;
        this.welcome = welcome;
    }

    /** Serves until the process is terminated; with arguments, runs that command and exits with its code. */
    public static void main(String[] args) {
        NameCache.limit();
        if (args.length > 0) {
            System.exit(CommandLine.run(List.of(args), System.getenv(), System.out));
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

    /** Prints the banner, or one line where the log is JSON. */
    private void welcome() {
        if (LogSettings.fromEnvironment(System.getenv(), "text").json()) {
            LOG.info("{}", welcome.line());
        } else {
            System.out.print(welcome.text());
        }
    }

    /**
     * Ends with the parent process if configured: Maven does not end its child when it is terminated rather than
     * interrupted.
     */
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
        // The log configuration takes an invalid level for DEBUG.
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
        checkPort(environment);
        var demoKey = needsKey(environment) ? DemoKey.generate() : null;
        var variables = variables(environment, demoKey);
        var drain = DrainSettings.from(variables);
        var context = ApplicationContext.builder()
                .deduceEnvironment(false)
                .deduceCloudEnvironment(false)
                .banner(false)
                .environmentPropertySource(false)
                .propertySources(PropertySource.of(
                        "environment",
                        new HashMap<>(variables),
                        PropertyConvention.ENVIRONMENT_VARIABLE,
                        Origin.of("environment")))
                .singletons(redis.settings(), AuthorizerSettings.from(variables), ConsoleAccess.from(variables))
                .build();
        try {
            context.start();
            awaitRedis(context, redis.settings());
            var http = context.getBean(EmbeddedServer.class).start();
            var checks = HealthSchedule.of(context.getBean(RedisChecks.class), checkInterval);
            var drains = drain.map(settings ->
                    DrainLoop.start(context.getBean(RedisLink.class), settings, context.getBean(ServerMetrics.class)));
            return new Server(
                    redis,
                    context,
                    http,
                    checks,
                    drains,
                    traffic(http, demoKey),
                    welcome(environment, http, redis, demoKey));
        } catch (RuntimeException e) {
            context.close();
            throw e;
        }
    }

    /** Starts the example traffic where the run requests it. A server with keys of its own never gets any. */
    private static Optional<ExampleTraffic> traffic(EmbeddedServer http, @Nullable DemoKey demoKey) {
        return demoKey != null && Boolean.getBoolean("gatehouse.example-traffic")
                ? Optional.of(ExampleTraffic.start(http.getURI(), demoKey.value()))
                : Optional.empty();
    }

    /** Waits until Redis serves, for the configured time at most. The server then starts without it. */
    private static void awaitRedis(ApplicationContext context, RedisSettings settings) {
        var until = Deadline.in(settings.timeouts().start());
        while (settings.enabled() && !until.isSpent()) {
            var health = new RedisProbe(context.getBean(RedisLink.class))
                    .checkScript(until.atMost(settings.decisionBudget()))
                    .toCompletableFuture();
            if (!(health.join() instanceof Disconnected)) {
                return;
            }
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        }
    }

    private static boolean needsKey(Map<String, String> environment) {
        return environment.getOrDefault(API_KEYS, "").isBlank()
                && environment.getOrDefault("GATEHOUSE_AUTH", "api-key").equals("api-key");
    }

    /** Returns {@code environment} without blank variables, and with those of a demo and of trusted proxies. */
    private static Map<String, String> variables(Map<String, String> environment, @Nullable DemoKey demoKey) {
        var variables = new HashMap<>(environment);
        variables.values().removeIf(String::isBlank);
        if (demoKey != null) {
            variables.put(API_KEYS, demoKey.setting());
            // The example looks for sessions that were created with this key.
            variables.putIfAbsent(AuthorizerSettings.TENANT, DemoKey.TENANT);
            variables.putIfAbsent(AuthorizerSettings.USER_LIMITS, "example=5/10");
            variables.putIfAbsent(AuthorizerSettings.ORIGINS, "http://localhost:8080");
            variables.putIfAbsent(ChannelRights.SETTING, "room:*=join,publish,typing");
        }
        int proxies = new EnvironmentVariables(variables).integer("GATEHOUSE_TRUSTED_PROXIES", 0, 0, 10);
        if (proxies > 0) {
            variables.putIfAbsent(AuthorizerSettings.ADDRESS, "forwarded:" + proxies);
        }
        return variables;
    }

    private static void checkPort(Map<String, String> environment) {
        var port = environment.getOrDefault("MICRONAUT_SERVER_PORT", "").strip();
        if (!port.isEmpty() && (!port.matches("-1|[0-9]{1,5}") || Integer.parseInt(port) > 65_535)) {
            throw new InvalidSetting("MICRONAUT_SERVER_PORT", "must be a whole number from 1 to 65535, not " + port);
        }
    }

    private static Welcome welcome(
            Map<String, String> environment, EmbeddedServer http, LocalRedis redis, @Nullable DemoKey demoKey) {
        var url = "http://localhost:" + http.getPort();
        var console = ConsoleAccess.from(environment) == ConsoleAccess.OFF ? null : url + "/";
        if (demoKey != null) {
            return new Welcome(
                    url,
                    // A browser does not send a fragment to the server.
                    console == null ? null : console + "#key=" + demoKey.value(),
                    redis.description(),
                    " -H 'X-Api-Key: " + demoKey.value() + "'",
                    demoKey.value() + " (for this run)");
        }
        return "none".equals(environment.get("GATEHOUSE_AUTH"))
                ? new Welcome(url, console, redis.description(), "", "none needed")
                : new Welcome(
                        url,
                        console,
                        redis.description(),
                        " -H \"X-Api-Key: $KEY\"",
                        "one of " + API_KEYS + "; put it in KEY");
    }

    /** Returns the port. */
    public int port() {
        return http.getPort();
    }

    /** Returns the telemetry of this server. */
    Telemetry telemetry() {
        return context.getBean(Telemetry.class);
    }

    /** Completes current requests for at most ten seconds and rejects new ones; then stops the embedded Redis. */
    @Override
    public void close() {
        traffic.ifPresent(ExampleTraffic::close);
        checks.close();
        drains.ifPresent(DrainLoop::close);
        context.close();
        redis.close();
    }

    private static String reason(Throwable failure) {
        var invalid = InvalidSetting.causeOf(failure);
        if (invalid != null) {
            return String.valueOf(invalid.getMessage());
        }
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindException) {
                return "cannot listen on %s:%s (%s). Choose another with MICRONAUT_SERVER_PORT or MICRONAUT_SERVER_HOST."
                        .formatted(
                                System.getenv().getOrDefault("MICRONAUT_SERVER_HOST", "localhost"),
                                System.getenv().getOrDefault("MICRONAUT_SERVER_PORT", "8080"),
                                cause.getMessage());
            }
        }
        return String.valueOf(failure.getMessage());
    }
}
