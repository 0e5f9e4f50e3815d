package dev.gatehouse.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testkit.lambda.FunctionProcess;
import dev.gatehouse.testkit.lambda.HttpPackage;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LambdaFunctionIT {

    private static final String HANDLER = "io.micronaut.function.aws.proxy.payload2.APIGatewayV2HTTPEventFunction";
    private static final Duration TIMEOUT = Duration.ofMinutes(1);

    @TempDir
    private static Path directory;

    private static Path zip;
    private static RedisProcess redis;

    @BeforeAll
    static void start() throws IOException {
        zip = zip();
        redis = RedisProcess.start();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @Test
    void annotationsLimitAndReplayTheRoutesOfAFunctionOnLambda() throws Exception {
        try (var function = function(HANDLER)) {
            var get = HttpPackage.event("GET", "/orders/ann", "");
            var post = HttpPackage.event("POST", "/orders", "{}")
                    .replace("\"host\":", "\"idempotency-key\": \"key-1\", \"host\":");

            assertThat(function.invoke(get, TIMEOUT).response()).contains("\"statusCode\":200");
            assertThat(function.invoke(get, TIMEOUT).response()).contains("\"statusCode\":429");
            assertThat(function.invoke(post, TIMEOUT).response()).contains("\"statusCode\":201", "order 1");
            assertThat(function.invoke(post, TIMEOUT).response())
                    .contains("\"statusCode\":201", "order 1")
                    .containsIgnoringCase("idempotent-replayed");
        }
    }

    /** A plain handler, started by AWS's runtime client, which also converts the events and the responses. */
    @Test
    void aHandlerProcessesEachMessageOfAQueueOnce() throws Exception {
        try (var function = function("com.example.ShippingHandler")) {
            var first = function.invoke(queued("order-1", "unknown-1", "order-2", "order-1"), TIMEOUT);
            var second = function.invoke(queued("unknown-1", "order-2", "order-3"), TIMEOUT);

            assertThat(first.response()).isEqualTo("{\"batchItemFailures\":[{\"itemIdentifier\":\"message-1\"}]}");
            assertThat(second.response()).isEqualTo("{\"batchItemFailures\":[{\"itemIdentifier\":\"message-0\"}]}");
            assertThat(function.stdout().lines().filter(line -> line.startsWith("ship ")))
                    .containsExactly(
                            "ship order-1", "ship unknown-1", "ship order-2", "ship unknown-1", "ship order-3");
        }
    }

    private static String queued(String... bodies) {
        return IntStream.range(0, bodies.length)
                .mapToObj(n -> """
                        {"messageId":"message-%d","receiptHandle":"AQEB","body":"%s","attributes":{
                        "ApproximateReceiveCount":"1","SentTimestamp":"1545082649183","SenderId":"AIDA",
                        "ApproximateFirstReceiveTimestamp":"1545082649185"},"messageAttributes":{},"md5OfBody":"e4e6",
                        "eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:us-east-2:123456789012:orders",
                        "awsRegion":"us-east-2"}""".formatted(n, bodies[n]))
                .collect(Collectors.joining(",", "{\"Records\":[", "]}"));
    }

    private static FunctionProcess function(String handler) {
        return FunctionProcess.of(zip, handler)
                .env("REDIS_URL", redis.url())
                .env("REDIS_CONNECTION_TIMEOUT", "5000")
                .env("REDIS_COMMAND_TIMEOUT", "2000")
                .start();
    }

    /** Packs the program for Lambda: classes at the root, jars in {@code lib}. */
    private static Path zip() throws IOException {
        var zip = directory.resolve("lambda.zip");
        try (var out = new ZipOutputStream(Files.newOutputStream(zip))) {
            for (var entry : ConsumerRuns.classPath("lambda").split(java.io.File.pathSeparator)) {
                var path = Path.of(entry);
                if (Files.isDirectory(path)) {
                    try (var files = Files.walk(path)) {
                        for (var file : files.filter(Files::isRegularFile).toList()) {
                            add(out, path.relativize(file).toString(), file);
                        }
                    }
                } else {
                    add(out, "lib/" + path.getFileName(), path);
                }
            }
        }
        return zip;
    }

    private static void add(ZipOutputStream out, String name, Path file) throws IOException {
        out.putNextEntry(new ZipEntry(name));
        Files.copy(file, (OutputStream) out);
        out.closeEntry();
    }
}
