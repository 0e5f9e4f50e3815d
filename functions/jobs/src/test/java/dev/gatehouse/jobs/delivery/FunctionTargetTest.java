// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.gatehouse.jobs.JobPayload;
import dev.gatehouse.jobs.QueueName;
import dev.gatehouse.jobs.TakenJob;
import dev.gatehouse.jobs.drain.JobResult;
import dev.gatehouse.redis.aws.AwsFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Invocations of a function, by an endpoint on loopback that verifies their signatures. */
@Timeout(60)
class FunctionTargetTest {

    private static final QueueName QUEUE = QueueName.of("mails");
    private static final Instant ENQUEUED = Instant.parse("2026-11-29T16:00:00.123456Z");
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(300);

    private final FakeTarget lambda = FakeLambda.of("work");
    private final JobTarget target = target("work", FakeLambda.environment(lambda));

    private static JobTarget target(String function, Map<String, String> environment) {
        return FunctionDestination.parse("FUNCTION", function, environment).open();
    }

    private static TakenJob job(String id, String payload) {
        return new TakenJob(
                id, JobPayload.of(payload), Optional.empty(), 2, "lease", ENQUEUED.plusSeconds(30), ENQUEUED);
    }

    @AfterEach
    void close() {
        target.close();
        lambda.close();
    }

    @Test
    void theEventIsTheJobInASignedInvocation() {
        assertThat(target.deliver(QUEUE, job("a", "{ \"to\": [1.0, \"é\"] }"), LIMIT))
                .isEqualTo(JobResult.DONE);

        assertThat(lambda.problems).isEmpty();
        assertThat(lambda.received().getFirst().body())
                .isEqualTo("{\"queue\":\"mails\",\"id\":\"a\",\"group\":null,\"attempt\":2,"
                        + "\"enqueuedAt\":\"2026-11-29T16:00:00.123456Z\",\"payload\":{ \"to\": [1.0, \"é\"] }}");
    }

    @ParameterizedTest
    @CsvSource({
        "work:live,work%3Alive",
        "work:$LATEST,work%3A%24LATEST",
        "arn:aws:lambda:eu-central-1:123456789012:function:work:7,"
                + "arn%3Aaws%3Alambda%3Aeu-central-1%3A123456789012%3Afunction%3Awork%3A7"
    })
    void versionsAndArnsAreSignedAsTheyAreSent(String function, String inPath) {
        try (var other = FakeLambda.of(inPath)) {
            var environment = FakeLambda.environment(other);
            if (function.startsWith("arn:")) {
                environment.put("AWS_REGION", "us-east-1");
            }
            try (var named = target(function, environment)) {
                assertThat(named.deliver(QUEUE, job("a", "1"), LIMIT)).isEqualTo(JobResult.DONE);
            }
            assertThat(other.problems).isEmpty();
        }
    }

    @Test
    void aRequestThatIsSignedByAnotherKeyFails() {
        var environment = FakeLambda.environment(lambda);
        environment.put("AWS_SECRET_ACCESS_KEY", "another");
        try (var stranger = target("work", environment)) {
            assertThat(stranger.deliver(QUEUE, job("a", "1"), LIMIT))
                    .isEqualTo(JobResult.retry("Lambda replied with 403"));
        }
        assertThat(lambda.problems).containsExactly("wrong signature");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Unhandled", "Handled"})
    void anErrorOfTheFunctionFailsWithoutItsContent(String kind) {
        lambda.reply("a", FakeLambda.error(kind));

        assertThat(target.deliver(QUEUE, job("a", "\"secret-payload\""), LIMIT))
                .isEqualTo(JobResult.retry("the function ended with an error"));
    }

    @ParameterizedTest
    @CsvSource({
        "429,TooManyRequestsException,Lambda replied with 429 TooManyRequestsException",
        "500,ServiceException:http://internal/,Lambda replied with 500 ServiceException",
        "502,,Lambda replied with 502",
        "404,ResourceNotFoundException,Lambda replied with 404 ResourceNotFoundException",
        "403,user arn:aws:iam::123456789012:user/ada,Lambda replied with 403",
        "302,,Lambda replied with 302",
        "202,,Lambda replied with 202",
        "204,,Lambda replied with 204"
    })
    void everyOtherStatusIsRetriedAfterTheBackoff(int status, String type, String reason) {
        lambda.reply("a", exchange -> {
            exchange.getResponseHeaders().set("Location", "/elsewhere");
            exchange.getResponseHeaders().set("Retry-After", "60");
            if (type != null) {
                exchange.getResponseHeaders().set("X-Amzn-ErrorType", type);
            }
            exchange.sendResponseHeaders(status, -1);
        });

        assertThat(target.deliver(QUEUE, job("a", "1"), LIMIT)).isEqualTo(JobResult.retry(reason));
        assertThat(lambda.received()).as("no redirect is followed").hasSize(1);
    }

    @Test
    void aLargeResultIsASuccess() {
        lambda.reply("a", FakeLambda.reply(200, "\"" + "x".repeat(6_000_000) + "\""));

        assertThat(target.deliver(QUEUE, job("a", "1"), LIMIT)).isEqualTo(JobResult.DONE);
    }

    @Test
    void aFunctionThatHangsFailsItsJobInTime() {
        lambda.reply("a", lambda.hanging());
        lambda.reply("b", lambda.endless(200));

        for (var id : new String[] {"a", "b"}) {
            assertThat(target.deliver(QUEUE, job(id, "1"), SHORT))
                    .as(id)
                    .isEqualTo(JobResult.retry("the target did not reply in time"));
        }
        assertThat(target.deliver(QUEUE, job("c", "1"), LIMIT)).isEqualTo(JobResult.DONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"garbage\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx", ""})
    void garbageFails(String reply) throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var environment = FakeLambda.environment(lambda);
            environment.put("AWS_ENDPOINT_URL_LAMBDA", "http://127.0.0.1:" + socket.getLocalPort());
            Thread.startVirtualThread(() -> {
                try (var connection = socket.accept()) {
                    connection.getInputStream().read(new byte[10_000]);
                    connection.getOutputStream().write(reply.getBytes(StandardCharsets.US_ASCII));
                } catch (IOException _) {
                    // The client has disconnected.
                }
            });

            try (var broken = target("work", environment)) {
                assertThat(broken.deliver(QUEUE, job("a", "1"), LIMIT))
                        .isEqualTo(JobResult.retry("the target sent no valid reply"));
            }
        }
    }

    @Test
    void withoutCredentialsNothingBegins() {
        var destination = FunctionDestination.parse("FUNCTION", "work", Map.of("AWS_REGION", "eu-central-1"));

        assertThatThrownBy(destination::open)
                .isInstanceOf(AwsFailure.class)
                .hasMessageStartingWith("there are no AWS credentials");
    }

    /** The endpoint of the credentials gives some that have expired, and then hangs. */
    @Test
    void credentialsThatCannotBeRenewedEndWithTheLimit() throws IOException {
        var calls = new AtomicInteger();
        var closed = new CountDownLatch(1);
        var credentials = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        credentials.createContext("/", exchange -> {
            if (calls.incrementAndGet() > 1) {
                await(closed);
            }
            FakeLambda.reply(
                            200,
                            "{\"AccessKeyId\":\"a\",\"SecretAccessKey\":\"b\",\"Expiration\":\"2020-01-01T00:00:00Z\"}")
                    .respond(exchange);
            exchange.close();
        });
        credentials.start();
        var environment = Map.of(
                "AWS_REGION",
                "eu-central-1",
                "AWS_ENDPOINT_URL_LAMBDA",
                lambda.origin(),
                "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                "http://127.0.0.1:" + credentials.getAddress().getPort() + "/");
        try (var expired = target("work", environment)) {
            long start = System.nanoTime();

            assertThat(expired.deliver(QUEUE, job("a", "1"), SHORT))
                    .isEqualTo(JobResult.retry("there are no AWS credentials"));

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(1_500));
            assertThat(lambda.received()).isEmpty();
        } finally {
            closed.countDown();
            credentials.stop(0);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
