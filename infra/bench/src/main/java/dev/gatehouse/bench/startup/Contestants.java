package dev.gatehouse.bench.startup;

import dev.gatehouse.bench.BarChart.Role;
import dev.gatehouse.bench.BenchSessions;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.RedisSettings;
import dev.gatehouse.session.RedisSessions;
import dev.gatehouse.testkit.lambda.ExtractedPackage;
import dev.gatehouse.testkit.lambda.FunctionSetup;
import dev.gatehouse.testkit.lambda.HttpPackage;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Those who start, all on one Redis: our packages, and our peers' in the benchmark's directory. */
final class Contestants implements AutoCloseable {

    static final String FLOOR = "lettuce";
    static final String DOCUMENTED = "documented";

    private static final List<String> KEYS =
            List.of(FLOOR, "rate-limit", "idempotency", "session", "health", "authorizer", "jedis", DOCUMENTED, "node");

    private static final Path FUNCTIONS = Path.of("../../functions");
    private static final Path PEERS = Path.of("peers");
    private static final Path AUTHORIZER_EVENT =
            FUNCTIONS.resolve("authorizer/src/test/resources/dev/gatehouse/functions/authorizer/http-api-2.0.json");

    private static final Path SCRIPT = Path.of("src/main/resources/dev/gatehouse/bench/gcra.lua");

    /** What our peers are asked. */
    private static final String CHECK = HttpPackage.event("GET", "/checks/ada", "");

    /** Time for a machine that is busy: what is late would be answered without Redis. */
    private static final Map<String, String> PATIENT =
            Map.of("REDIS_CONNECTION_TIMEOUT", "10000", "REDIS_COMMAND_TIMEOUT", "10000");

    private static final String BY_REDIS = "\\\"degraded\\\":false";
    private static final String OK = "\"statusCode\":200";

    private final RedisProcess redis;
    private final UnaryOperator<FunctionSetup> image;
    private final RedisLink link;
    private final BenchSessions sessions;
    private final List<ExtractedPackage> packages = new ArrayList<>();
    private final AtomicLong count = new AtomicLong();

    /** @param client of our images: {@code own}, or {@code aws} for what they would be by that of AWS */
    Contestants(RedisProcess redis, String client) {
        this.redis = redis;
        this.image = switch (client) {
            case "own" -> FunctionSetup::asItsImage;
            case "aws" -> FunctionSetup::onOneClassPath;
            default -> throw new IllegalArgumentException("bench.client must be own or aws: " + client);
        };
        var settings = new HashMap<>(PATIENT);
        settings.put("REDIS_URL", redis.url());
        this.link = RedisLink.to(RedisSettings.fromEnvironment(settings));
        this.sessions = new BenchSessions(new RedisSessions(link), HttpPackage.TENANT);
    }

    /**
     * The floor, and of the others those who are named and can be had here.
     *
     * @param only keys with commas between them, or {@code all}
     */
    List<Contestant> chosen(String only) {
        var keys = only.equals("all")
                ? KEYS.stream()
                : Stream.concat(Stream.of(FLOOR), Stream.of(only.split(","))).distinct();
        return keys.map(this::contestant).flatMap(Optional::stream).toList();
    }

    private Optional<Contestant> contestant(String key) {
        return switch (key) {
            case FLOOR ->
                Optional.of(peer(key, "plain Java, Lettuce", Role.FLOOR, "dev.gatehouse.bench.peer.LettuceHandler"));
            case "jedis" ->
                Optional.of(peer(key, "plain Java, Jedis", Role.PEER, "dev.gatehouse.bench.peer.JedisHandler"));
            case DOCUMENTED ->
                Optional.of(peer(
                        key,
                        "Micronaut as documented",
                        Role.PEER,
                        "io.micronaut.function.aws.proxy.payload2.APIGatewayV2HTTPEventFunction"));
            case "rate-limit" -> Optional.of(rateLimit());
            case "idempotency" -> Optional.of(idempotency());
            case "session" -> Optional.of(session());
            case "health" -> Optional.of(health());
            case "authorizer" -> Optional.of(authorizer());
            case "node" -> node();
            default ->
                throw new IllegalArgumentException(
                        "bench.only must be of %s: %s".formatted(String.join(", ", KEYS), key));
        };
    }

    private Contestant rateLimit() {
        var check = HttpPackage.post("/v1/rate-limits/check", """
                {"limits":[{"name":"api","subject":"ada","limit":1000000,"windowSeconds":1}]}""");
        return http("rate-limit", () -> check, BY_REDIS);
    }

    private Contestant idempotency() {
        return http(
                "idempotency",
                () -> HttpPackage.post(
                        "/v1/idempotency/claims", "{\"key\":\"order-%d\"}".formatted(count.incrementAndGet())),
                BY_REDIS);
    }

    private Contestant session() {
        var token = sessions.of("ada").text();
        var lookup = HttpPackage.post("/v1/sessions/lookup", "{\"token\":\"%s\"}".formatted(token));
        return http("session", () -> lookup, BY_REDIS);
    }

    private Contestant health() {
        var readiness = HttpPackage.event("GET", "/health/readiness", "");
        return http("health", () -> readiness, OK);
    }

    private Contestant authorizer() {
        var code = unpacked(FUNCTIONS.resolve("authorizer"));
        var event =
                read(AUTHORIZER_EVENT).replace("${token}", sessions.of("ada").text());
        return ours(
                "authorizer",
                () -> code.function("dev.gatehouse.authorizer.lambda.AuthorizerFunction")
                        .env("REDIS_URL", redis.url())
                        .env("GATEHOUSE_TENANT", HttpPackage.TENANT)
                        .env("GATEHOUSE_AUTHORIZER_USER_LIMITS", "user=1000000/1")
                        .env("GATEHOUSE_AUTHORIZER_IP_LIMITS", "ip=1000000/1"),
                () -> event,
                "\"degraded\":false");
    }

    private Contestant http(String name, Supplier<String> events, String answered) {
        var code = unpacked(FUNCTIONS.resolve(name));
        var httpPackage = new HttpPackage(code.zip());
        return ours(name, () -> httpPackage.on(redis.url()).unpackedIn(code), events, answered);
    }

    private Contestant ours(String key, Supplier<FunctionSetup> setup, Supplier<String> events, String answered) {
        return new Contestant(
                key,
                "Gatehouse " + key,
                Role.OURS,
                true,
                () -> patient(setup.get()),
                image,
                events,
                answered,
                Compilers.FIRST);
    }

    private static FunctionSetup patient(FunctionSetup function) {
        PATIENT.forEach(function::env);
        return function;
    }

    private Contestant peer(String key, String name, Role role, String handler) {
        var code = unpacked(PEERS.resolve(key));
        return new Contestant(
                key,
                name,
                role,
                true,
                () -> code.function(handler).env("REDIS_URL", redis.url()),
                FunctionSetup::onOneClassPath,
                () -> CHECK,
                OK,
                Compilers.FIRST);
    }

    private Optional<Contestant> node() {
        return NodeProgram.installed(PEERS.resolve("node"), Path.of("target/node"))
                .map(node -> new Contestant(
                        "node",
                        "Node " + node.version() + ", ioredis",
                        Role.PEER,
                        false,
                        () -> node.function("function.mjs")
                                .env("REDIS_URL", redis.url())
                                .env("GCRA_SCRIPT", SCRIPT.toAbsolutePath().toString()),
                        UnaryOperator.identity(),
                        () -> CHECK,
                        OK,
                        Compilers.FIRST));
    }

    private ExtractedPackage unpacked(Path module) {
        var target = module.resolve("target");
        var code = ExtractedPackage.of(zip(target).orElseThrow(() -> missing(target)));
        packages.add(code);
        return code;
    }

    private static Optional<Path> zip(Path target) {
        if (!Files.isDirectory(target)) {
            return Optional.empty();
        }
        try (var files = Files.list(target)) {
            return files.filter(file -> file.toString().endsWith(".zip")).findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static IllegalStateException missing(Path target) {
        return new IllegalStateException(
                "there is no package in %s: mvn -Pbench -Dbench=startup -pl infra/bench -am makes it"
                        .formatted(target.toAbsolutePath().normalize()));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        packages.forEach(ExtractedPackage::close);
        link.close();
    }
}
