// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench.startup;

import dev.gatehouse.bench.BaselineScript;
import dev.gatehouse.bench.BenchRedis;
import dev.gatehouse.bench.BenchSessions;
import dev.gatehouse.bench.Contestant.Role;
import dev.gatehouse.bench.StartedPrograms;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.session.RedisSessions;
import dev.gatehouse.testkit.lambda.FunctionProcess;
import dev.gatehouse.testkit.lambda.FunctionSetup;
import dev.gatehouse.testkit.lambda.HttpPackage;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** The packaged functions of Gatehouse and of its peers, all on one Redis. */
final class Functions implements AutoCloseable {

    static final String BASELINE = "lettuce";
    static final String DOCUMENTED = "documented";

    /** The handlers of peers and of the authorizer; {@link HttpPackage} has the one of our HTTP functions. */
    private static final Map<String, String> HANDLERS = Map.of(
            "authorizer",
            "dev.gatehouse.authorizer.lambda.AuthorizerFunction",
            BASELINE,
            "dev.gatehouse.bench.peer.LettuceHandler",
            "lettuce-stream",
            "dev.gatehouse.bench.peer.LettuceStreamHandler",
            "jedis",
            "dev.gatehouse.bench.peer.JedisHandler",
            DOCUMENTED,
            "io.micronaut.function.aws.proxy.payload2.APIGatewayV2HTTPEventFunction");

    private static final List<String> KEYS = List.of(
            BASELINE,
            "lettuce-stream",
            "rate-limit",
            "idempotency",
            "session",
            "health",
            "authorizer",
            "jedis",
            DOCUMENTED,
            "node");

    private static final Path FUNCTIONS = Path.of("../../functions");
    private static final Path PEERS = Path.of("peers");
    private static final Path AUTHORIZER_EVENT =
            FUNCTIONS.resolve("authorizer/src/test/resources/dev/gatehouse/authorizer/lambda/http-api-2.0.json");

    /** The event for the baseline, the peers and our rate limiter. */
    private static final String CHECK = HttpPackage.post(
            "/v1/rate-limits/check",
            "{\"limits\":[{\"name\":\"api\",\"subject\":\"ada\",\"limit\":1000000,\"windowSeconds\":1}]}");

    private static final String BY_REDIS = "\\\"degraded\\\":false";
    private static final String OK = "\"statusCode\":200";
    /** The documented peer leaks memory on each invocation and soon takes tens of milliseconds. */
    private static final int FEW = 5_000;

    private final RedisProcess redis;
    private final RedisLink link;
    private final BenchSessions sessions;
    private final AtomicLong count = new AtomicLong();

    Functions(RedisProcess redis) {
        this.redis = redis;
        this.link = BenchRedis.link(redis.url());
        this.sessions = new BenchSessions(new RedisSessions(link), HttpPackage.TENANT);
    }

    /**
     * Returns the baseline and the chosen functions that are available.
     *
     * @param only keys separated by commas, or {@code all}
     */
    List<PackagedFunction> named(String only) throws IOException {
        Set<String> keys = new LinkedHashSet<>(KEYS);
        if (!only.equals("all")) {
            keys = new LinkedHashSet<>(List.of(BASELINE));
            keys.addAll(List.of(only.split(",")));
        }
        var functions = new ArrayList<PackagedFunction>();
        for (var key : keys) {
            function(key).ifPresent(functions::add);
        }
        return functions;
    }

    private Optional<PackagedFunction> function(String key) throws IOException {
        return switch (key) {
            case BASELINE -> Optional.of(plain(key, "plain Java, Lettuce", Role.BASELINE));
            case "lettuce-stream" -> Optional.of(plain(key, "plain Java, Lettuce, streams", Role.PEER));
            case "jedis" -> Optional.of(plain(key, "plain Java, Jedis", Role.PEER));
            case DOCUMENTED -> {
                var code = zipOf(PEERS.resolve(key));
                yield Optional.of(new PackagedFunction(
                        key, "Micronaut as documented", Role.PEER, true, FEW, () -> on(code, key), () -> CHECK, OK));
            }
            case "rate-limit" -> http(key, () -> CHECK, BY_REDIS);
            case "idempotency" ->
                http(
                        key,
                        () -> HttpPackage.post(
                                "/v1/idempotency/claims", "{\"key\":\"order-%d\"}".formatted(count.incrementAndGet())),
                        BY_REDIS);
            case "session" -> {
                var token = sessions.of("ada").text();
                var lookup = HttpPackage.post("/v1/sessions/lookup", "{\"token\":\"%s\"}".formatted(token));
                yield http(key, () -> lookup, BY_REDIS);
            }
            case "health" -> {
                var readiness = HttpPackage.event("GET", "/health/readiness", "");
                yield http(key, () -> readiness, OK);
            }
            case "authorizer" -> authorizer();
            case "node" -> node();
            default ->
                throw new IllegalArgumentException("bench.only must be all or some of %s: %s".formatted(KEYS, key));
        };
    }

    private PackagedFunction plain(String key, String name, Role role) throws IOException {
        var code = zipOf(PEERS.resolve("plain"));
        return new PackagedFunction(key, name, role, true, Integer.MAX_VALUE, () -> on(code, key), () -> CHECK, OK);
    }

    private FunctionSetup on(Path code, String key) {
        return FunctionProcess.of(code, HANDLERS.get(key)).env("REDIS_URL", redis.url());
    }

    private Optional<PackagedFunction> http(String key, Supplier<String> events, String expected) throws IOException {
        var httpPackage = new HttpPackage(zipOf(FUNCTIONS.resolve(key)));
        return ours(key, () -> httpPackage.on(redis.url()), events, expected);
    }

    private Optional<PackagedFunction> authorizer() throws IOException {
        var code = zipOf(FUNCTIONS.resolve("authorizer"));
        var event = Files.readString(AUTHORIZER_EVENT)
                .replace("${token}", sessions.of("ada").text());
        return ours(
                "authorizer",
                () -> on(code, "authorizer")
                        .env("GATEHOUSE_TENANT", HttpPackage.TENANT)
                        .env("GATEHOUSE_AUTHORIZER_USER_LIMITS", "user=1000000/1")
                        .env("GATEHOUSE_AUTHORIZER_IP_LIMITS", "ip=1000000/1"),
                () -> event,
                "\"degraded\":false");
    }

    private static Optional<PackagedFunction> ours(
            String key, Supplier<FunctionSetup> setup, Supplier<String> events, String expected) {
        Supplier<FunctionSetup> patient = () -> {
            var function = setup.get();
            BenchRedis.SETTINGS.forEach(function::env);
            return function;
        };
        return Optional.of(new PackagedFunction(
                key, "Gatehouse " + key, Role.OURS, true, Integer.MAX_VALUE, patient, events, expected));
    }

    private Optional<PackagedFunction> node() {
        return StartedPrograms.installNodePeers()
                .map(node -> new PackagedFunction(
                        "node",
                        "Node " + node.version() + ", ioredis",
                        Role.PEER,
                        false,
                        Integer.MAX_VALUE,
                        () -> FunctionProcess.program(
                                        node.directory(), node.node().toString(), "function.mjs")
                                .env("REDIS_URL", redis.url())
                                .env(
                                        "GCRA_SCRIPT",
                                        BaselineScript.DIRECTORY
                                                .resolve("gcra.lua")
                                                .toAbsolutePath()
                                                .toString()),
                        () -> CHECK,
                        OK));
    }

    private static Path zipOf(Path module) throws IOException {
        var target = module.resolve("target");
        try (var files = Files.list(target)) {
            return files.filter(file -> file.toString().endsWith(".zip"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no package in " + target));
        }
    }

    @Override
    public void close() {
        link.close();
    }
}
