// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.image;

import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.session.Attributes;
import dev.gatehouse.session.Device;
import dev.gatehouse.session.RedisSessions;
import dev.gatehouse.session.SessionRequest;
import dev.gatehouse.session.UserId;
import dev.gatehouse.testkit.lambda.AwsEndpointStub;
import dev.gatehouse.testkit.lambda.HttpPackage;
import dev.gatehouse.testkit.lambda.LambdaRuntimeStub;
import dev.gatehouse.testkit.redis.RedisProcess;
import dev.gatehouse.testkit.tls.Certificates;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Writes a function's AOT cache. Runs the function as in its image on Lambda, with TLS and the URL of Redis in a secret.
 * Sends its {@link TrainingWorkload} and terminates it as Lambda does; then the JVM writes the cache.
 */
public final class TrainingRun {

    private static final String TENANT = "default";
    private static final String ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:training-AbCdEf";
    private static final Duration RESPONSE = Duration.ofSeconds(60);
    private static final Duration WRITING = Duration.ofMinutes(5);
    /** Loading classes may take longer than the deadline of the first decision. */
    private static final int ATTEMPTS = 5;
    /** The JVM compiles methods after 2,000 calls. The cache records that, so that it compiles them sooner in service. */
    private static final int ROUNDS = 2_500;
    /** The log lines in an error message. */
    private static final int LINES = 20;

    private final Path folder;
    private final Path cache;
    /** The function's log. */
    private final Path printed;

    private final Certificates certificates;
    private final RedisProcess redis;
    private final AwsEndpointStub aws;
    private final LambdaRuntimeStub runtime;

    private TrainingRun(
            Path folder,
            Certificates certificates,
            RedisProcess redis,
            AwsEndpointStub aws,
            LambdaRuntimeStub runtime) {
        this.folder = folder;
        this.cache = folder.resolve("function.aot");
        this.printed = folder.resolve("training.log");
        this.certificates = certificates;
        this.redis = redis;
        this.aws = aws;
        this.runtime = runtime;
    }

    /**
     * Writes {@code function.aot} into a folder.
     *
     * @param arguments the function's name; the folder of {@link Layout}, with {@code java} and {@code jvm.options}
     * @throws IllegalStateException if a response is unexpected or the JVM writes no cache
     */
    public static void main(String... arguments) throws IOException, InterruptedException {
        try (var certificates = Certificates.create();
                var redis = RedisProcess.setup()
                        .password("training")
                        .tls(certificates.localhost())
                        .start();
                var aws = AwsEndpointStub.start();
                var runtime = LambdaRuntimeStub.start()) {
            new TrainingRun(Path.of(arguments[1]), certificates, redis, aws, runtime).of(arguments[0]);
        }
    }

    private void of(String function) throws IOException, InterruptedException {
        aws.respondWithSecret(redis.url());
        var workload = TrainingWorkload.of(function, createSession());
        var process = start(workload.handler());
        try {
            for (var round = 1; round <= ROUNDS; round++) {
                for (var call : workload.calls().apply(round)) {
                    perform(call);
                }
            }
        } finally {
            process.destroy();
        }
        if (!process.waitFor(WRITING.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        if (!Files.exists(cache)) {
            throw new IllegalStateException(
                    "the JVM wrote no cache; its exit code is %d%n%s".formatted(process.waitFor(), lastPrinted()));
        }
        System.out.printf("%s: an AOT cache of %,d bytes%n", function, Files.size(cache));
    }

    private Process start(String handler) throws IOException {
        var command = new ProcessBuilder(
                folder.resolve("java").toString(),
                "-XX:AOTCacheOutput=" + cache,
                // The memory of Lambda: with much more, the JVM does not compress pointers and rejects the cache.
                "-XX:MaxRAM=1g",
                // No warning for each class that cannot be cached, such as those generated at run time.
                "-Xlog:aot=error",
                "@" + folder.resolve("jvm.options"),
                "@" + folder.resolve("class-path.options"),
                "com.amazonaws.services.lambda.runtime.api.client.AWSLambda",
                handler);
        command.environment().putAll(environment(handler));
        var process = command.redirectOutput(printed.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var _ = process.onExit().thenRun(runtime::functionExited);
        return process;
    }

    private Map<String, String> environment(String handler) {
        var environment = new HashMap<>(lambda(handler));
        environment.putAll(redisSettings());
        environment.putAll(Map.ofEntries(
                Map.entry("REDIS_SECRET_ARN", ARN),
                Map.entry("AWS_ENDPOINT_URL_SECRETS_MANAGER", aws.url()),
                Map.entry("GATEHOUSE_TENANT", TENANT),
                Map.entry("GATEHOUSE_API_KEYS", TENANT + "=" + digest(HttpPackage.KEY)),
                Map.entry("GATEHOUSE_AUTHORIZER_USER_LIMITS", "user=1000000/60"),
                Map.entry("GATEHOUSE_AUTHORIZER_IP_LIMITS", "address=1000000/60")));
        return environment;
    }

    private Map<String, String> lambda(String handler) {
        return Map.ofEntries(
                Map.entry("AWS_LAMBDA_RUNTIME_API", runtime.address()),
                Map.entry("AWS_LAMBDA_FUNCTION_NAME", "gatehouse-training"),
                Map.entry("AWS_LAMBDA_FUNCTION_VERSION", "1"),
                Map.entry("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024"),
                Map.entry("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
                Map.entry("AWS_LAMBDA_LOG_GROUP_NAME", "/gatehouse/training"),
                Map.entry("AWS_LAMBDA_LOG_STREAM_NAME", "training"),
                Map.entry("AWS_REGION", "eu-central-1"),
                Map.entry("AWS_ACCESS_KEY_ID", "training"),
                Map.entry("AWS_SECRET_ACCESS_KEY", "training"),
                Map.entry("AWS_SESSION_TOKEN", "training"),
                Map.entry("LAMBDA_TASK_ROOT", "/var/task"),
                Map.entry("_HANDLER", handler));
    }

    /** Long timeouts, because a busy machine loads the driver slowly. */
    private Map<String, String> redisSettings() {
        return Map.ofEntries(
                Map.entry("REDIS_CA_FILE", certificates.ca().toString()),
                Map.entry("REDIS_CONNECTION_TIMEOUT", "10000"),
                Map.entry("REDIS_TLS_TIMEOUT", "10000"),
                Map.entry("REDIS_COMMAND_TIMEOUT", "10000"));
    }

    private String createSession() {
        var settings = new HashMap<>(redisSettings());
        settings.put("REDIS_URL", redis.url());
        var request = SessionRequest.of(
                new UserId("ada"), Attributes.NONE, Device.UNKNOWN, 1800, 86_400, 100, SessionRequest.OnLimit.REJECT);
        try (var link = RedisLink.to(RedisSettings.fromEnvironment(settings))) {
            new RedisSessions(link)
                    .create(TENANT, request, Deadline.in(RESPONSE))
                    .toCompletableFuture()
                    .join();
        }
        return request.token().text();
    }

    private void perform(TrainingCall call) throws IOException {
        var response = "";
        for (var attempt = 1; attempt <= ATTEMPTS; attempt++) {
            response = runtime.invoke(call.event(), RESPONSE).body();
            if (response.contains(call.expected())) {
                return;
            }
        }
        throw new IllegalStateException("the response to %s%nis %s%nand does not contain %s%n%s"
                .formatted(call.event(), response, call.expected(), lastPrinted()));
    }

    private String lastPrinted() throws IOException {
        var lines = Files.readAllLines(printed);
        return String.join("%n".formatted(), lines.subList(Math.max(0, lines.size() - LINES), lines.size()));
    }

    private static String digest(String key) {
        try {
            var sha256 = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sha256);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JVM has SHA-256", e);
        }
    }
}
